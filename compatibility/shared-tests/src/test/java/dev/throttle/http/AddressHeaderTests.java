package dev.throttle.http;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A header in which a proxy sends the client's address.
 */
class AddressHeaderTests {

	private static final String HEADER = "CF-Connecting-IP";

	@Test
	void addressInTheHeaderIsTheClientIfATrustedProxySendsIt() {
		try (RunningApplication application = start("127.0.0.0/8")) {
			for (String address : new String[] { "203.0.113.1", "203.0.113.2", "2001:db8::1" }) {
				Caller client = application.caller().with(HEADER, address);
				assertThat(client.get("/plain").statusCode()).isEqualTo(200);
				assertThat(client.with("X-Forwarded-For", "203.0.113.3").get("/plain").statusCode()).isEqualTo(429);
			}
			assertThat(application.caller().with(HEADER, "64:ff9b::203.0.113.1").get("/plain").statusCode())
				.isEqualTo(429);
		}
	}

	@Test
	void addressInTheHeaderIsIgnoredIfAnybodyElseSendsIt() {
		try (RunningApplication application = start("10.0.0.0/8")) {
			assertThat(application.caller().with(HEADER, "203.0.113.1").get("/plain").statusCode()).isEqualTo(200);
			assertThat(application.caller().with(HEADER, "203.0.113.2").get("/plain").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void headerThatIsSentTwiceIsIgnored() {
		try (RunningApplication application = start("127.0.0.0/8")) {
			Caller forger = application.caller().with(HEADER, "203.0.113.1");
			assertThat(forger.with(HEADER, "203.0.113.2").get("/plain").statusCode()).isEqualTo(200);
			assertThat(forger.with(HEADER, "203.0.113.3").get("/plain").statusCode()).isEqualTo(429);
		}
	}

	private static RunningApplication start(String trusted) {
		return RunningApplication.start(Application.class, "throttle.rates.anon=1/hour",
				"throttle.client.trusted-proxies=" + trusted, "throttle.client.address-header=" + HEADER);
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
