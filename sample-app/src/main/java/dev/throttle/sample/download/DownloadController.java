package dev.throttle.sample.download;

import java.util.Map;

import dev.throttle.Throttle;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A handler with a scope of its own.
 */
@RestController
class DownloadController {

	@GetMapping("/downloads")
	@Throttle(scope = "downloads")
	Map<String, String> download() {
		return Map.of("content", "Hello");
	}

}
