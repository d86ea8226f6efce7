package dev.throttle.sample.report;

import java.util.concurrent.CompletableFuture;

import dev.throttle.Throttle;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A handler with its own rate and a limit of {@linkplain ReportPlacesThrottle concurrent
 * requests}.
 */
@RestController
class ReportController {

	private final ReportWriter writer;

	ReportController(ReportWriter writer) {
		this.writer = writer;
	}

	@GetMapping("/reports")
	@Throttle(scope = "reports", rate = "${sample.reports.rate:2/30s}", also = ReportPlacesThrottle.class)
	CompletableFuture<Report> report() {
		return this.writer.write();
	}

}
