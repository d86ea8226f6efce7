package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends events.
 */
@RestController
class EventsHandler {

	@GetMapping("/events")
	SseEmitter events() {
		SseEmitter emitter = new SseEmitter();
		CompletableFuture.runAsync(() -> {
			try {
				for (int i = 1; i <= 50; i++) {
					emitter.send("event " + i);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			emitter.complete();
		});
		return emitter;
	}

}
