package dev.throttle.http;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is counted: users, and the addresses of anonymous requests as far as they are
 * believed.
 */
class ClientTests {

	private static final int LIMIT = 1000;

	private static long remaining(Caller caller) {
		return caller.remaining("/plain");
	}

	@Nested
	class ByDefault {

		private static RunningApplication application;

		@BeforeAll
		static void start() {
			application = ClientTests.start("throttle.rates.user=" + LIMIT + "/hour");
		}

		@AfterAll
		static void stop() {
			application.close();
		}

		private final Caller anonymous = application.caller();

		@ParameterizedTest
		@CsvSource({ "X-Forwarded-For, 203.0.113.7", "X-Forwarded-For, '203.0.113.7, 198.51.100.1'",
				"Forwarded, for=203.0.113.7", "X-Real-IP, 203.0.113.7", "X-Client-IP, 203.0.113.7",
				"CF-Connecting-IP, 203.0.113.7", "True-Client-IP, 203.0.113.7", "X-Forwarded-Host, evil.example",
				"X-Forwarded-Prefix, /elsewhere", "X-Forwarded-Proto, https", "Via, 1.1 proxy" })
		void forgedHeaderChangesNothing(String name, String value) {
			long before = remaining(this.anonymous);
			assertThat(remaining(this.anonymous.with(name, value))).isEqualTo(before - 1);
			assertThat(remaining(this.anonymous.with(name, value).with(name, "192.0.2.1"))).isEqualTo(before - 2);
			assertThat(remaining(this.anonymous)).isEqualTo(before - 3);
		}

		@Test
		void usersHaveQuotasOfTheirOwn() {
			long before = remaining(this.anonymous);
			assertThat(remaining(this.anonymous.as("alice"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(this.anonymous.as("alice"))).isEqualTo(LIMIT - 2);
			assertThat(remaining(this.anonymous.as("bob"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(this.anonymous.as("Alice"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(this.anonymous.as("alice").with("X-Forwarded-For", "203.0.113.7")))
				.isEqualTo(LIMIT - 3);
			assertThat(remaining(this.anonymous)).isEqualTo(before - 1);
		}

		@ParameterizedTest
		@ValueSource(strings = { "127.0.0.1", "::1", "unknown", "address:127.0.0.1", "user|127.0.0.1" })
		void userWhoIsCalledLikeAnAddressIsNotThatAddress(String user) {
			long before = remaining(this.anonymous);
			assertThat(remaining(this.anonymous.as(user))).isEqualTo(LIMIT - 1);
			assertThat(remaining(this.anonymous)).isEqualTo(before - 1);
		}

		@Test
		void userWithALongNameIsCounted() {
			Caller user = this.anonymous.as("x".repeat(4000));
			assertThat(remaining(user)).isEqualTo(LIMIT - 1);
			assertThat(remaining(user)).isEqualTo(LIMIT - 2);
			assertThat(remaining(this.anonymous.as("x".repeat(3999)))).isEqualTo(LIMIT - 1);
		}

	}

	@Nested
	class BehindOneProxy {

		private static RunningApplication application;

		@BeforeAll
		static void start() {
			application = ClientTests.start("throttle.rates.user=" + LIMIT + "/hour", "throttle.client.num-proxies=1");
		}

		@AfterAll
		static void stop() {
			application.close();
		}

		private final Caller anonymous = application.caller();

		@Test
		void lastEntryIsTheClientAndWhatStandsBeforeItIsNotBelieved() {
			assertThat(remaining(forwardedFor("203.0.113.1"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(forwardedFor("198.51.100.1, 203.0.113.1"))).isEqualTo(LIMIT - 2);
			assertThat(remaining(forwardedFor("a, , \"x\",203.0.113.1 "))).isEqualTo(LIMIT - 3);
			assertThat(remaining(forwardedFor("203.0.113.1:4711"))).isEqualTo(LIMIT - 4);
			assertThat(remaining(forwardedFor("::ffff:203.0.113.1"))).isEqualTo(LIMIT - 5);
			assertThat(remaining(forwardedFor("203.0.113.2"))).isEqualTo(LIMIT - 1);
		}

		@Test
		void lineThatAProxyAddsIsTheLastOne() {
			assertThat(remaining(forwardedFor("198.51.100.2").with("X-Forwarded-For", "203.0.113.3")))
				.isEqualTo(LIMIT - 1);
			assertThat(remaining(forwardedFor("198.51.100.3, 198.51.100.4").with("x-forwarded-for", "203.0.113.3")))
				.isEqualTo(LIMIT - 2);
			assertThat(remaining(forwardedFor("203.0.113.3"))).isEqualTo(LIMIT - 3);
		}

		@Test
		void addressesOfOneIpv6NetworkAreOneClient() {
			assertThat(remaining(forwardedFor("2001:db8::1"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(forwardedFor("[2001:db8::2]:443"))).isEqualTo(LIMIT - 2);
			assertThat(remaining(forwardedFor("2001:db8:0:1::2"))).isEqualTo(LIMIT - 1);
		}

		@ParameterizedTest
		@ValueSource(strings = { "unknown", "_hidden", "999.1.1.1", "203.0.113.4,", ",", "203.0.113.4, evil" })
		void entryThatIsNoAddressFallsBackToTheAddressOfTheConnection(String value) {
			long before = remaining(this.anonymous);
			assertThat(remaining(forwardedFor(value))).isEqualTo(before - 1);
		}

		@Test
		void forwardedAndOthersAreStillNotBelieved() {
			long before = remaining(this.anonymous);
			assertThat(remaining(this.anonymous.with("Forwarded", "for=203.0.113.7"))).isEqualTo(before - 1);
			assertThat(remaining(this.anonymous.with("X-Real-IP", "203.0.113.7"))).isEqualTo(before - 2);
		}

		private Caller forwardedFor(String value) {
			return this.anonymous.with("X-Forwarded-For", value);
		}

	}

	@Nested
	class BehindTrustedProxies {

		private static RunningApplication application;

		@BeforeAll
		static void start() {
			application = ClientTests.start("throttle.rates.user=" + LIMIT + "/hour",
					"throttle.client.trusted-proxies=127.0.0.1,::1,10.0.0.0/8");
		}

		@AfterAll
		static void stop() {
			application.close();
		}

		private final Caller anonymous = application.caller();

		@Test
		void lastEntryThatIsNoProxyIsTheClient() {
			assertThat(remaining(forwardedFor("203.0.113.1"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(forwardedFor("203.0.113.1, 10.1.2.3"))).isEqualTo(LIMIT - 2);
			assertThat(remaining(forwardedFor("203.0.113.1, 10.1.2.3").with("X-Forwarded-For", "10.9.9.9, 127.0.0.1")))
				.isEqualTo(LIMIT - 3);
			assertThat(remaining(forwardedFor("198.51.100.1, 203.0.113.1"))).isEqualTo(LIMIT - 4);
			assertThat(remaining(forwardedFor("198.51.100.1"))).isEqualTo(LIMIT - 1);
		}

		@Test
		void firstEntryIsTheClientWhereAllAreProxies() {
			assertThat(remaining(forwardedFor("10.0.0.1, 10.0.0.2"))).isEqualTo(LIMIT - 1);
			assertThat(remaining(forwardedFor("10.0.0.1"))).isEqualTo(LIMIT - 2);
		}

		@Test
		void entryThatIsNoAddressFallsBackToTheAddressOfTheConnection() {
			long before = remaining(this.anonymous);
			assertThat(remaining(forwardedFor("203.0.113.8, unknown"))).isEqualTo(before - 1);
		}

		@Test
		void proxyThatConnectsByIpv6IsTrusted() {
			List<String> lines = exchange("::1", "X-Forwarded-For: 203.0.113.9").headerLines();
			assertThat(lines).contains("X-RateLimit-Remaining: " + (LIMIT - 1));
			assertThat(exchange("127.0.0.1", "X-Forwarded-For: 203.0.113.9").headerLines())
				.contains("X-RateLimit-Remaining: " + (LIMIT - 2));
		}

		private RawConnection.Answer exchange(String host, String headerLine) {
			try (RawConnection connection = this.anonymous.connect(host)) {
				return connection.exchange("GET /plain", headerLine);
			}
		}

		private Caller forwardedFor(String value) {
			return this.anonymous.with("X-Forwarded-For", value);
		}

	}

	@Nested
	class BehindProxiesThatAreElsewhere {

		@Test
		void clientThatIsNoProxyIsNotBelieved() {
			try (RunningApplication application = ClientTests.start("throttle.rates.user=" + LIMIT + "/hour",
					"throttle.client.trusted-proxies=10.0.0.0/8")) {
				Caller anonymous = application.caller();
				assertThat(remaining(anonymous)).isEqualTo(LIMIT - 1);
				assertThat(remaining(anonymous.with("X-Forwarded-For", "203.0.113.1"))).isEqualTo(LIMIT - 2);
				assertThat(remaining(anonymous.with("X-Forwarded-For", "10.0.0.1"))).isEqualTo(LIMIT - 3);
			}
		}

	}

	@Test
	void anonymousThrottleDoesNotCountUsers() {
		try (RunningApplication application = start("throttle.rates.anon=1/hour")) {
			Caller anonymous = application.caller();
			assertThat(anonymous.get("/plain").statusCode()).isEqualTo(200);
			assertThat(anonymous.get("/plain").statusCode()).isEqualTo(429);
			for (int i = 0; i < 3; i++) {
				assertThat(anonymous.as("alice").get("/plain").statusCode()).isEqualTo(200);
			}
		}
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(Application.class, properties);
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

	}

}
