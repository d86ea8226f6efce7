package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits in code and on methods that handlers call on an event loop, counted in Redis.
 */
class EventLoopCallTests {

	private static RedisServer redis;

	private static RunningApplication application;

	@BeforeAll
	static void start() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
		application = RunningApplication.start(Application.class, "throttle.rates.exports=2/hour",
				"throttle.rates.sms=2/hour", "spring.profiles.active=redis", "throttle.backend=redis",
				"throttle.redis.timeout=10s", "spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port);
	}

	@AfterAll
	static void stop() throws IOException {
		application.close();
		redis.stop();
	}

	@Test
	void callThatWouldBlockTheEventLoopFails() {
		Caller ada = application.caller().as("ada");
		for (String path : new String[] { "/plain", "/code" }) {
			HttpResponse<String> failed = ada.get(path);
			assertThat(failed.statusCode()).isEqualTo(500);
			assertThat(failed.body()).contains("this call would block the event loop 'webflux-http-");
		}
		assertThat(IntStream.range(0, 3).map((i) -> ada.get("/worker").statusCode())).containsExactly(200, 200, 429);
	}

	@Test
	void suspendingFunctionIsDecidedWithoutBlocking() {
		Caller bob = application.caller().as("bob");
		assertThat(IntStream.range(0, 3).map((i) -> bob.get("/export").statusCode())).containsExactly(200, 200, 429);
		assertThat(BlockedThreads.byLibrary()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Calls.class, CallHandlers.class, KotlinSms.class, KotlinSmsHandlers.class })
	static class Application {

	}

	static class Calls {

		@Throttle(scope = "exports", key = "'all'")
		public String plain() {
			return "exported";
		}

	}

	@RestController
	static class CallHandlers {

		private final Calls calls;

		private final RateLimiters limiters;

		CallHandlers(Calls calls, RateLimiters limiters) {
			this.calls = calls;
			this.limiters = limiters;
		}

		@GetMapping("/plain")
		String plain() {
			return this.calls.plain();
		}

		@GetMapping("/code")
		String code() {
			this.limiters.scope("exports").acquire(Client.ALL);
			return "exported";
		}

		@GetMapping("/worker")
		Mono<String> worker() {
			return Mono.fromSupplier(this.calls::plain).subscribeOn(Schedulers.boundedElastic());
		}

		@ExceptionHandler
		ResponseEntity<String> failed(IllegalStateException failure) {
			return ResponseEntity.internalServerError().body(failure.getMessage());
		}

	}

}
