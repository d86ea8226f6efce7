package dev.throttle.sample;

import java.util.Map;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A handler with an own rate, and one that is never throttled.
 */
@RestController
class ReportController {

	@GetMapping("/reports")
	@Throttle(scope = "reports", rate = "${sample.reports.rate:2/30s}")
	Map<String, Integer> report() {
		return Map.of("visitors", 42);
	}

	@GetMapping("/ping")
	@Unthrottled
	String ping() {
		return "pong";
	}

}
