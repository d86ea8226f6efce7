package dev.throttle.sample.report;

import java.util.concurrent.CompletableFuture;

/**
 * Writes reports in the background.
 */
interface ReportWriter {

	/**
	 * Start a report.
	 * @return the future report
	 */
	CompletableFuture<Report> write();

}
