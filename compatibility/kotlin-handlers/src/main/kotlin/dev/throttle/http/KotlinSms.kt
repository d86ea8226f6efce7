package dev.throttle.http

import dev.throttle.Throttle
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RequestParam
import org.springframework.web.bind.annotation.RestController

/**
 * A service in Kotlin whose calls are limited.
 */
open class KotlinSms {

	@Throttle(scope = "sms", key = "#phone", costString = "#parts")
	open suspend fun send(phone: String, parts: Int): String {
		delay(1)
		return "sent"
	}

	@Throttle(scope = "sms", key = "#phone")
	open fun sendParts(phone: String): Flow<String> = flow {
		emit("sent")
		delay(1)
		emit("again")
	}

	@Throttle(scope = "exports")
	open suspend fun export(): String = "exported"

}

@RestController
class KotlinSmsHandlers(private val sms: KotlinSms) {

	@GetMapping("/sms")
	suspend fun send(@RequestParam phone: String, @RequestParam parts: Int): String = sms.send(phone, parts)

	@GetMapping("/parts")
	suspend fun sendParts(@RequestParam phone: String): String = sms.sendParts(phone).toList().joinToString(" ")

	@GetMapping("/export")
	suspend fun export(): String = sms.export()

}
