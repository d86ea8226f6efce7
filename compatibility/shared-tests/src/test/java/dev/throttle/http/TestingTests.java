package dev.throttle.http;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documentation says of an application's tests.
 */
class TestingTests {

	@Nested
	@SpringBootTest(classes = TestedApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = { "throttle.rates.uploads=2/hour", "throttle.enabled=false" })
	class SwitchedOff {

		@Test
		void nothingIsLimited(@LocalServerPort int port) {
			Caller caller = Caller.of(port);
			for (int i = 0; i < 3; i++) {
				assertThat(caller.post("/uploads", "").statusCode()).isEqualTo(200);
			}
		}

	}

	@Nested
	@ThrottleTest(reset = false)
	@SpringBootTest(classes = TestedApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = "throttle.rates.uploads=2/hour")
	class Reset {

		@Autowired
		private CacheBackend backend;

		@BeforeEach
		void forgetUploads() {
			this.backend.reset(Client.address("127.0.0.1"), Scope.of("uploads"));
		}

		@RepeatedTest(2)
		void everyTestBeginsWithAFullQuota(@LocalServerPort int port) {
			Caller caller = Caller.of(port);
			assertThat(caller.post("/uploads", "").statusCode()).isEqualTo(200);
			assertThat(caller.post("/uploads", "").statusCode()).isEqualTo(200);
			assertThat(caller.post("/uploads", "").statusCode()).isEqualTo(429);
		}

	}

	@Nested
	class WithoutAnApplication {

		@Test
		void tenantIsCounted() {
			ThrottleRequest request = new MockThrottleRequest().withHeader("X-Tenant", "acme");
			assertThat(new OwnThrottleTests.TenantThrottle().check(request))
				.isEqualTo(Verdict.count("tenant", Client.of("tenant", "acme")));
		}

	}

}
