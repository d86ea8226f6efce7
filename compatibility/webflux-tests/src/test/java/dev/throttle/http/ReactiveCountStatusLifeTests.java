package dev.throttle.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a reactive request ends, it counts by the status of its answer.
 */
class ReactiveCountStatusLifeTests {

	private static RunningApplication application;

	private static Places places;

	private static SettledScopes settled;

	@BeforeAll
	static void start() {
		List<String> properties = new ArrayList<>(List.of(StatusClasses.PROPERTIES));
		properties.addAll(List.of("logging.level.root=off", "throttle.rates.user=100/s"));
		application = RunningApplication.start(Application.class, properties.toArray(String[]::new));
		places = application.bean(Places.class);
		settled = application.bean(SettledScopes.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource({ "/plain, 200", "/void, 200", "/mono, 200", "/delayed, 200", "/empty, 200", "/flux, 200",
			"/events, 200", "/failing, 500", "/failing/mono, 500", "/failing/flux, 500", "/gone, 410", "/route, 200",
			"/route/failing, 500", "/annotated, 404", "/handled, 409", "/entity, 503", "/failing/late, 200" })
	void requestCountsByTheStatusOfItsAnswer(String path, int status) {
		Caller caller = application.caller().asNewcomer();
		try (RawConnection connection = caller.connect()) {
			assertThat(connection.exchange("GET " + path, Caller.USER + ": " + caller.user()).status())
				.isEqualTo(status);
		}
		await().untilAsserted(() -> assertThat(settled.of(caller.user())).isEqualTo(StatusClasses.givingBack(status)));
	}

	@Test
	void requestWhoseClientLeavesWhileTheAnswerIsSentCountsAsItWasAdmitted() {
		assertNothingIsGivenBack("/endless", true);
	}

	@Test
	void requestWhoseClientLeavesWhileTheHandlerRunsCountsAsItWasAdmitted() {
		assertNothingIsGivenBack("/never", false);
	}

	private static void assertNothingIsGivenBack(String path, boolean isStreaming) {
		Caller caller = application.caller().asNewcomer();
		RawConnection connection = caller.connect();
		connection.send("GET " + path, Caller.USER + ": " + caller.user());
		if (isStreaming) {
			connection.readUntil("tick");
		}
		await().until(() -> places.taken(caller.user()) == 1);
		connection.reset();
		await().until(() -> places.givenBack(caller.user()) == 1);
		assertThat(settled.of(caller.user())).isEmpty();
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(15));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ ReactiveLifeTests.Application.class, StatusClasses.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/annotated")
		Mono<String> annotated() {
			return Mono.error(new Missing());
		}

		@GetMapping("/handled")
		Mono<String> handled() {
			return Mono.error(new IllegalArgumentException("handled"));
		}

		@GetMapping("/entity")
		Mono<ResponseEntity<String>> entity() {
			return Mono.just(ResponseEntity.status(503).body("later"));
		}

		@GetMapping(path = "/failing/late", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> failingLate() {
			return Flux.concat(Flux.just("a").delayElements(Duration.ofMillis(5)),
					Flux.error(new IllegalStateException("The events fail")));
		}

		@ExceptionHandler(IllegalArgumentException.class)
		ResponseEntity<String> conflict() {
			return ResponseEntity.status(409).body("conflict");
		}

	}

	@ResponseStatus(HttpStatus.NOT_FOUND)
	static class Missing extends RuntimeException {

	}

}
