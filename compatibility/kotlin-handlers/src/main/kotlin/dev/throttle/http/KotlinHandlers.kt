package dev.throttle.http

import dev.throttle.Throttle
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import org.springframework.http.MediaType
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController

/**
 * Handlers in Kotlin. Both lines run what is compiled here.
 */
@RestController
class KotlinHandlers {

	@GetMapping("/suspend")
	@Throttle(scope = "kotlin")
	suspend fun suspended(): String {
		delay(1)
		return "suspended"
	}

	@GetMapping("/flow", produces = [MediaType.APPLICATION_NDJSON_VALUE])
	@Throttle(scope = "kotlin")
	fun flow(): Flow<Map<String, Int>> = numbers()

	@GetMapping("/events", produces = [MediaType.TEXT_EVENT_STREAM_VALUE])
	@Throttle(scope = "kotlin")
	fun events(): Flow<Map<String, Int>> = numbers()

	private fun numbers(): Flow<Map<String, Int>> = flow {
		emit(mapOf("n" to 1))
		delay(1)
		emit(mapOf("n" to 2))
	}

}
