package dev.throttle.http;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bytes that the filter before authentication counts beside those that handlers count.
 */
class ByteFilterTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.address=10MB/day",
				"throttle.scopes.address.cost=response-bytes", "throttle.rates.user=10MB/day",
				"throttle.scopes.user.cost=request-bytes", "throttle.filter.exclude-paths=/actuator/**",
				"management.endpoints.web.exposure.include=throttles", "spring.jmx.enabled=false");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void filterAndHandlerEachCountTheirBytes() {
		ByteClient client = new ByteClient(application);
		assertThat(client.post("/doubled", new byte[3000]).body()).hasSize(6000);
		client.assertUsed("user", 3000);
		assertAddressUsed(6000);
		assertThat(client.get("/unknown").statusCode()).isEqualTo(404);
		assertAddressUsed(6000);
	}

	private static void assertAddressUsed(long bytes) {
		await().untilAsserted(
				() -> assertThat(application.caller().get("/actuator/throttles/address?client=address:127.0.0.1").body())
					.contains("\"used\":" + bytes));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@PostMapping("/doubled")
		byte[] doubled(@RequestBody byte[] body) {
			return new byte[2 * body.length];
		}

	}

}
