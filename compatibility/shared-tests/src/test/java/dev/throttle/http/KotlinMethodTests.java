package dev.throttle.http;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits on the methods of a service in Kotlin: functions that suspend, and a flow.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.sms=3/hour", "throttle.rates.exports=2/hour" })
class KotlinMethodTests {

	private final Caller anyone;

	KotlinMethodTests(@LocalServerPort int port) {
		this.anyone = Caller.of(port);
	}

	@Test
	void suspendingFunctionAndFlowShareTheCountOfAKey() {
		assertThat(this.anyone.get("/sms?phone=1&parts=2").body()).isEqualTo("sent");
		assertThat(this.anyone.get("/sms?phone=1&parts=2").statusCode()).isEqualTo(429);
		assertThat(this.anyone.get("/parts?phone=1").body()).isEqualTo("sent again");
		assertThat(this.anyone.get("/parts?phone=1").statusCode()).isEqualTo(429);
		assertThat(this.anyone.get("/sms?phone=2&parts=3").body()).isEqualTo("sent");
	}

	@Test
	void suspendingFunctionWithoutAKeyCountsTheUserOfTheRequest() {
		for (String user : new String[] { "ada", "bob" }) {
			Caller caller = this.anyone.as(user);
			assertThat(caller.get("/export").body()).isEqualTo("exported");
			assertThat(caller.get("/export").statusCode()).isEqualTo(200);
			assertThat(caller.get("/export").statusCode()).isEqualTo(429);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, KotlinSms.class, KotlinSmsHandlers.class })
	static class Application {

	}

}
