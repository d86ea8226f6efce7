package dev.throttle.http;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.throttle.Unthrottled;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A reactive application that counts in PostgreSQL blocks no event loop, not even while
 * the server hangs.
 */
class ReactivePostgresTests {

	private static TestDatabase database;

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		database = TestDatabase.start();
		application = RunningApplication.start(Application.class, "spring.application.name=reactive",
				"spring.profiles.active=jdbc", "throttle.backend=jdbc", "throttle.jdbc.initialize-schema=always",
				"spring.datasource.url=" + database.url(), "throttle.rates.user=20/hour", "logging.level.root=off");
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@Test
	void blocksNoEventLoop() {
		Caller caller = application.caller().asNewcomer();
		for (int i = 0; i < 25; i++) {
			assertThat(caller.get("/plain").statusCode()).isIn(200, 429);
		}
		assertThat(BlockedThreads.byLibrary()).isEmpty();
	}

	@Test
	void requestsAreAnsweredWhileTheServerHangs() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
		database.signal("-STOP");
		try {
			List<CompletableFuture<Integer>> throttled = IntStream.range(0, 20)
				.mapToObj((number) -> caller.getAsync("/plain").thenApply((response) -> response.statusCode()))
				.toList();
			assertThat(application.caller().get("/unthrottled").statusCode()).isEqualTo(200);
			assertThat(throttled).allSatisfy((answer) -> assertThat(answer.get(5, TimeUnit.SECONDS)).isIn(200, 429));
			assertThat(throttled).extracting(CompletableFuture::join).contains(200);
		}
		finally {
			database.signal("-CONT");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		String unthrottled() {
			return "unthrottled";
		}

	}

}
