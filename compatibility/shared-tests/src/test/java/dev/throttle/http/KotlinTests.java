package dev.throttle.http;

import java.net.http.HttpResponse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers in Kotlin: a function that suspends, and flows.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.user=9/min", "throttle.rates.kotlin=2/min" })
class KotlinTests {

	private final Caller anyone;

	KotlinTests(@LocalServerPort int port) {
		this.anyone = Caller.of(port);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/suspend, 'suspended'
			/flow, '{"n":1}\\n{"n":2}\\n'
			/events, 'data:{"n":1}\\n\\ndata:{"n":2}\\n\\n'
			""")
	void handlerIsCountedOnceAndDeniedAtItsLimit(String path, String body) {
		Caller caller = this.anyone.asNewcomer();
		HttpResponse<String> first = caller.get(path);
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(first.body()).isEqualTo(body.replace("\\n", "\n"));
		assertThat(first.headers().allValues("X-RateLimit-Remaining")).containsExactly("1");
		assertThat(caller.get(path).statusCode()).isEqualTo(200);
		HttpResponse<String> denied = caller.get(path);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(denied.body()).contains("\"violated-policies\":[\"kotlin\"]");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, KotlinHandlers.class })
	static class Application {

	}

}
