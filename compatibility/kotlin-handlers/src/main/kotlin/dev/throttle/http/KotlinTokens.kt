package dev.throttle.http

import dev.throttle.Reservation
import dev.throttle.Throttle
import kotlinx.coroutines.delay
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController

/**
 * A handler that settles what it has reserved, once it has been suspended.
 */
@RestController
class KotlinTokens {

	@GetMapping("/kotlin-tokens")
	@Throttle(scope = "tokens", cost = 40)
	suspend fun chat(reservation: Reservation): String {
		delay(1)
		reservation.settle(6)
		return "settled"
	}

}
