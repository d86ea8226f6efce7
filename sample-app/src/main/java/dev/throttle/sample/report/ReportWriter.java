package dev.throttle.sample.report;

import java.util.concurrent.CompletableFuture;

/**
 * Writes reports in the background.
 */
interface ReportWriter {

	/**
	 * Begin a report.
	 * @return the report when it is finished
	 */
	CompletableFuture<Report> write();

}
