package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring GraphQL's endpoint, which is a functional route.
 */
class GraphQlTests {

	@Test
	void endpointIsThrottledByTheDefaults() {
		try (RunningApplication application = RunningApplication.start(Application.class, "throttle.rates.anon=2/min",
				"spring.profiles.active=graphql", "spring.graphql.schema.locations=classpath:graphql-tests/",
				"management.endpoints.web.exposure.include=throttles")) {
			Caller caller = application.caller();
			HttpResponse<String> first = caller.post("/graphql", "{\"query\":\"{greeting}\"}");
			assertThat(first.body()).isEqualTo("{\"data\":{\"greeting\":\"hello\"}}");
			assertThat(first.headers().firstValue("X-RateLimit-Remaining")).contains("1");
			assertThat(IntStream.range(0, 2)
				.map((i) -> caller.post("/graphql", "{\"query\":\"{greeting}\"}").statusCode()))
				.containsExactly(200, 429);
			assertThat(caller.get("/actuator/throttles").body()).contains("/graphql");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Greetings.class)
	static class Application {

	}

	@Controller
	static class Greetings {

		@QueryMapping
		String greeting() {
			return "hello";
		}

	}

}
