package dev.throttle.http;

import java.net.http.HttpResponse;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A limit in code or on a method that denies a request, where any exception handler may
 * answer: its answer has the headers of the denial.
 */
class CaughtMethodDenialTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.anon=100/hour",
				"throttle.rates.exports=1/hour", "throttle.rates.code=1/hour", "throttle.scopes.code.in-code=true",
				"throttle.exception-handlers=any");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/export", "/code" })
	void headersAreThoseOfTheDenial(String path) {
		Caller caller = application.caller();
		assertThat(caller.get(path).statusCode()).isEqualTo(200);
		HttpResponse<String> denied = caller.get(path);
		assertThat(denied.statusCode()).isEqualTo(500);
		assertThat(denied.body()).isEqualTo("caught");
		assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(3500L, 3600L);
		assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("1");
		assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Exports.class, ExportHandlers.class, CatchingAdvice.class })
	static class Application {

	}

	static class Exports {

		@Throttle(scope = "exports")
		public Mono<String> export() {
			return Mono.just("exported");
		}

	}

	@RestController
	static class ExportHandlers {

		private final Exports exports;

		private final RateLimiters limiters;

		ExportHandlers(Exports exports, RateLimiters limiters) {
			this.exports = exports;
			this.limiters = limiters;
		}

		@GetMapping("/export")
		Mono<String> export() {
			return this.exports.export();
		}

		@GetMapping("/code")
		Mono<String> code() {
			return Mono.fromFuture(() -> this.limiters.scope("code").acquireAsync(Client.ALL, 1))
				.thenReturn("exported");
		}

	}

	@RestControllerAdvice
	static class CatchingAdvice {

		@ExceptionHandler(Exception.class)
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		String any() {
			return "caught";
		}

	}

}
