package dev.throttle.http;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which addresses in X-Forwarded-For are believed, and whose they are.
 */
class ForwardedAddressTests {

	private static final int LIMIT = 100;

	@Test
	void requestThatPassedAProxyByCountsForTheAddressOfTheConnection() {
		try (RunningApplication application = start("throttle.client.num-proxies=2")) {
			Caller caller = application.caller();
			assertThat(remaining(caller)).isEqualTo(LIMIT - 1);
			for (int i = 1; i <= 6; i++) {
				assertThat(remaining(caller.with("X-Forwarded-For", "203.0.113." + i))).isEqualTo(LIMIT - 1 - i);
			}
			assertThat(remaining(caller.with("X-Forwarded-For", "203.0.113.1, 10.0.0.1"))).isEqualTo(LIMIT - 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0/0", "::/0", "10.0.0.1,0.0.0.0/0" })
	void applicationThatTrustsEveryAddressDoesNotStart(String networks) {
		assertThatThrownBy(() -> start("throttle.client.trusted-proxies=" + networks).close())
			.hasRootCauseInstanceOf(InvalidThrottleConfigurationException.class)
			.rootCause()
			.hasMessageContaining("throttle.client.trusted-proxies")
			.hasMessageContaining("/0");
	}

	@Test
	void clientsBehindNat64HaveCountsOfTheirOwn() {
		try (RunningApplication application = start("throttle.client.num-proxies=1")) {
			Caller caller = application.caller();
			assertThat(remaining(caller.with("X-Forwarded-For", "64:ff9b::203.0.113.1"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(caller.with("X-Forwarded-For", "64:ff9b::203.0.113.2"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(caller.with("X-Forwarded-For", "[64:ff9b::cb00:7101]:80"))).isEqualTo(LIMIT - 2);
			assertThat(remaining(caller.with("X-Forwarded-For", "203.0.113.1"))).isEqualTo(LIMIT - 3);
		}
	}

	@Test
	void clientBehindNat64IsNotTrustedAsAPrivateAddress() {
		try (RunningApplication application = start("throttle.client.trusted-proxies=127.0.0.1,10.0.0.0/8")) {
			Caller caller = application.caller();
			for (int i = 1; i <= 3; i++) {
				assertThat(remaining(caller.with("X-Forwarded-For", "203.0.113." + i + ", 64:ff9b::10.0.0.5")))
					.isEqualTo(LIMIT - i);
			}
		}
	}

	private static long remaining(Caller caller) {
		return caller.remaining("/plain");
	}

	private static RunningApplication start(String property) {
		return RunningApplication.start(Application.class, "throttle.rates.user=" + LIMIT + "/hour", property);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
