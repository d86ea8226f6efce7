package dev.throttle.sample;

import java.util.Map;

import dev.throttle.Throttle;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Two handlers, each with a scope of its own.
 */
@RestController
class FileController {

	@PostMapping("/uploads")
	@ResponseStatus(HttpStatus.CREATED)
	@Throttle(scope = "uploads")
	Map<String, String> upload() {
		return Map.of("status", "stored");
	}

	@GetMapping("/downloads")
	@Throttle(scope = "downloads")
	Map<String, String> download() {
		return Map.of("content", "Hello");
	}

}
