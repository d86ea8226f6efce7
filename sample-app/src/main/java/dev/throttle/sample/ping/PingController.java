package dev.throttle.sample.ping;

import dev.throttle.Unthrottled;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A handler that is never throttled.
 */
@RestController
class PingController {

	@GetMapping("/ping")
	@Unthrottled
	String ping() {
		return "pong";
	}

}
