package dev.throttle.sample.webflux;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The handlers that the documentation shows.
 */
@RestController
class UploadController {

	@PostMapping("/uploads")
	@Throttle(scope = "uploads") // in addition to anon and user
	String upload() {
		return "stored";
	}

	@GetMapping("/ping")
	@Unthrottled
	String ping() {
		return "pong";
	}

}
