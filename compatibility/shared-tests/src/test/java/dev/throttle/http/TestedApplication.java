package dev.throttle.http;

import dev.throttle.Reservation;
import dev.throttle.Throttle;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application whose tests the documentation shows.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class TestedApplication {

	@RestController
	static class UploadController {

		@PostMapping("/uploads")
		@Throttle(scope = "uploads")
		String upload() {
			return "stored";
		}

		@PostMapping("/chat")
		@Throttle(rate = "10/min", cost = 5)
		String chat(Reservation reservation) {
			reservation.settle(3);
			return (reservation == Reservation.NONE) ? "none" : "settled";
		}

	}

}
