package dev.throttle.test.servlet;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.ResultMatcher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Expects that a request to {@code MockMvc} is denied:
 *
 * <pre class="code">
 * assertThat(mvc.post().uri("/uploads")).matches(throttled().by("uploads").retryAfter(60));
 * </pre>
 *
 * @since 1.0.0
 */
public final class ThrottledMatcher implements ResultMatcher {

	private final @Nullable String policy;

	private final @Nullable Long retryAfter;

	private ThrottledMatcher(@Nullable String policy, @Nullable Long retryAfter) {
		this.policy = policy;
		this.retryAfter = retryAfter;
	}

	/**
	 * Expect that a request is denied, with status 429.
	 * @return the expectation
	 */
	public static ThrottledMatcher throttled() {
		return new ThrottledMatcher(null, null);
	}

	/**
	 * Expect that a policy is among those that deny. It is read from the problem in the
	 * body, so an exception handler must not have replaced that.
	 * @param policy the name of the policy, such as {@code uploads} or {@code user-day}
	 * @return the expectation
	 */
	public ThrottledMatcher by(String policy) {
		return new ThrottledMatcher(policy, this.retryAfter);
	}

	/**
	 * Expect a wait.
	 * @param seconds the value of {@code Retry-After}, in seconds
	 * @return the expectation
	 */
	public ThrottledMatcher retryAfter(long seconds) {
		return new ThrottledMatcher(this.policy, seconds);
	}

	@Override
	public void match(MvcResult result) throws Exception {
		MockHttpServletResponse response = result.getResponse();
		assertThat(response.getStatus()).as("status").isEqualTo(429);
		if (this.policy != null) {
			String problem = response.getContentAsString();
			assertThat(problem)
				.withFailMessage("Expecting '%s' among the violated-policies of the problem: %s", this.policy, problem)
				.containsPattern("\"violated-policies\":\\[[^]]*\"" + Pattern.quote(this.policy) + "\"");
		}
		if (this.retryAfter != null) {
			assertThat(response.getHeader("Retry-After")).as("Retry-After").isEqualTo(this.retryAfter.toString());
		}
	}

}
