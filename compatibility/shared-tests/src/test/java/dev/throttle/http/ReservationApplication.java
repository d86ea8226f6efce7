package dev.throttle.http;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.Reservation;
import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose handlers reserve tokens and settle what they have used.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ UserFilter.class, KotlinTokens.class, SettlingPlaces.class, ReservationApplication.Handlers.class })
class ReservationApplication {

	@Retention(RetentionPolicy.RUNTIME)
	@Throttle(scope = "tokens")
	@interface Tokens {

		@AliasFor(annotation = Throttle.class, attribute = "cost")
		long reserve();

	}

	@RestController
	static class Handlers {

		/** By the user who made the request. */
		private final Map<String, Reservation> kept = new ConcurrentHashMap<>();

		@GetMapping("/chat")
		@Throttle(scope = "tokens", costString = "${tokens.reserve:40}")
		String chat(@RequestParam("tokens") long tokens, Reservation reservation) {
			reservation.settle(tokens);
			return (reservation == Reservation.NONE) ? "none" : "settled";
		}

		@GetMapping("/twice")
		@Throttle(scope = "tokens", cost = 40)
		String twice(Reservation reservation) {
			reservation.settle(10);
			reservation.settle(90);
			return "settled";
		}

		@GetMapping("/kept")
		@Throttle(scope = "tokens", cost = 40)
		String kept(@RequestParam("user") String user, Reservation reservation) {
			this.kept.put(user, reservation);
			return "kept";
		}

		Reservation keptOf(String user) {
			return this.kept.get(user);
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		@Throttle(scope = "tokens", cost = 40)
		Flux<String> stream(Reservation reservation) {
			return Flux.just("one", "two", "three")
				.delayElements(Duration.ofMillis(1))
				.doOnComplete(() -> reservation.settle(3));
		}

		@GetMapping("/later")
		@Throttle(scope = "tokens", cost = 40)
		CompletableFuture<String> later(Reservation reservation) {
			return CompletableFuture.supplyAsync(() -> {
				reservation.settle(4);
				return "settled";
			});
		}

		@GetMapping("/failing")
		@Throttle(scope = "tokens", cost = 40)
		String failing() {
			throw new IllegalStateException("The model does not answer");
		}

		@ExceptionHandler
		String giveBack(IllegalStateException failure, Reservation reservation) {
			reservation.settle(0);
			return failure.getMessage();
		}

		@GetMapping("/negative")
		@Throttle(scope = "tokens", cost = 40)
		String negative(Reservation reservation) {
			try {
				reservation.settle(-1);
				return "settled";
			}
			catch (IllegalArgumentException ex) {
				return ex.getMessage();
			}
		}

		@GetMapping("/unsettled")
		@Throttle(scope = "tokens", cost = 40)
		String unsettled() {
			return "unsettled";
		}

		@GetMapping("/meta")
		@Tokens(reserve = 30)
		String meta() {
			return "unsettled";
		}

		@GetMapping("/both")
		@Throttle(scope = "tokens", cost = 40)
		@Throttle(scope = "requests")
		String both(Reservation reservation) {
			reservation.settle(7);
			return "settled";
		}

		@GetMapping("/login")
		@Throttle(scope = "requests")
		String login(Reservation reservation) {
			reservation.settle(0);
			return "settled";
		}

		@GetMapping("/default")
		String byDefault(Reservation reservation) {
			return (reservation == Reservation.NONE) ? "none" : "some";
		}

		@GetMapping("/free")
		@Unthrottled
		String free(Reservation reservation) {
			return (reservation == Reservation.NONE) ? "none" : "some";
		}

	}

}
