package dev.throttle.test.reactive;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Expects that a request of a {@code WebTestClient} is denied:
 *
 * <pre class="code">
 * client.post().uri("/uploads").exchange().expectAll(throttled().by("uploads").retryAfter(60));
 * </pre>
 *
 * @since 1.0.0
 */
public final class ThrottledExpectation implements ResponseSpec.ResponseSpecConsumer {

	private final @Nullable String policy;

	private final @Nullable Long retryAfter;

	private ThrottledExpectation(@Nullable String policy, @Nullable Long retryAfter) {
		this.policy = policy;
		this.retryAfter = retryAfter;
	}

	/**
	 * Expect that a request is denied, with status 429.
	 * @return the expectation
	 */
	public static ThrottledExpectation throttled() {
		return new ThrottledExpectation(null, null);
	}

	/**
	 * Expect that a policy is among those that deny. It is read from the problem in the
	 * body, so an exception handler must not have replaced that.
	 * @param policy the name of the policy, such as {@code uploads} or {@code user-day}
	 * @return the expectation
	 */
	public ThrottledExpectation by(String policy) {
		return new ThrottledExpectation(policy, this.retryAfter);
	}

	/**
	 * Expect a wait.
	 * @param seconds the value of {@code Retry-After}, in seconds
	 * @return the expectation
	 */
	public ThrottledExpectation retryAfter(long seconds) {
		return new ThrottledExpectation(this.policy, seconds);
	}

	@Override
	public void accept(ResponseSpec response) {
		// Assertions of a WebTestClient have other types in Spring Framework 6 than in 7.
		EntityExchangeResult<String> result = response.expectBody(String.class).returnResult();
		result.assertWithDiagnostics(() -> {
			assertThat(result.getStatus().value()).as("status").isEqualTo(429);
			if (this.policy != null) {
				String problem = result.getResponseBody();
				assertThat(problem)
					.withFailMessage("Expecting '%s' among the violated-policies of the problem: %s", this.policy,
							problem)
					.containsPattern("\"violated-policies\":\\[[^]]*\"" + Pattern.quote(this.policy) + "\"");
			}
			if (this.retryAfter != null) {
				assertThat(result.getResponseHeaders().getFirst("Retry-After")).as("Retry-After")
					.isEqualTo(this.retryAfter.toString());
			}
		});
	}

}
