package dev.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottledException}.
 */
class ThrottledExceptionTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 1", "PT-5S, 1", "PT-0.000000001S, 1", "PT0.000000001S, 1", "PT1S, 1", "PT1.000000001S, 2",
			"PT41.5S, 42", "PT42S, 42", "PT1H, 3600", "PT2147483646.5S, 2147483647", "PT2147483647S, 2147483647",
			"PT2147483647.5S, 2147483647", "P36500D, 2147483647" })
	void retryAfterIsInWholeSecondsRoundedUpAtLeastOneAndBounded(Duration wait, long seconds) {
		assertThat(new ThrottledException(wait).getRetryAfterSeconds()).hasValue(seconds);
		assertThat(new ThrottledException(wait).getRetryAfter()).isEqualTo(wait);
	}

	@Test
	void absurdWaitsAreSaturated() {
		assertThat(new ThrottledException(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)).getRetryAfterSeconds())
			.hasValue(Integer.MAX_VALUE);
		assertThat(new ThrottledException(Duration.ofSeconds(Long.MIN_VALUE)).getRetryAfterSeconds()).hasValue(1);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, 1 second.", "PT1S, 1 second.", "PT1.1S, 2 seconds.", "PT42S, 42 seconds." })
	void messageIsTheSentenceOfDrf(Duration wait, String end) {
		assertThat(new ThrottledException(wait)).hasMessage("Request was throttled. Expected available in " + end);
	}

	@Test
	void unknownWaitIsNotSaid() {
		ThrottledException exception = new ThrottledException();
		assertThat(exception).hasMessage("Request was throttled.");
		assertThat(exception.getRetryAfter()).isNull();
		assertThat(exception.getRetryAfterSeconds()).isEmpty();
		assertThat(exception.getViolatedPolicies()).isEmpty();
	}

	@Test
	void costAboveTheLimitIsSaidAndHasNoWait() {
		ThrottledException exception = ThrottledException.costAboveLimit(List.of("bytes"));
		assertThat(exception).hasMessage("Request was throttled. The limit never allows it, so waiting does not help.");
		assertThat(exception.isCostAboveLimit()).isTrue();
		assertThat(exception.getRetryAfterSeconds()).isEmpty();
		assertThat(exception.getViolatedPolicies()).containsExactly("bytes");
		assertThat(new ThrottledException().isCostAboveLimit()).isFalse();
	}

	@Test
	void limitOfBytesIsSaid() {
		ThrottledException exception = new ThrottledException(Duration.ofSeconds(42), List.of("downloads")).inBytes();
		assertThat(exception)
			.hasMessage("Request was throttled by a limit of bytes. Expected available in 42 seconds.");
		assertThat(exception.isInBytes()).isTrue();
		assertThat(exception.getRetryAfterSeconds()).hasValue(42);
		assertThat(exception.getViolatedPolicies()).containsExactly("downloads");
		assertThat(new ThrottledException().isInBytes()).isFalse();
	}

	@Test
	void moreBytesThanTheLimitAreSaid() {
		ThrottledException exception = ThrottledException.costAboveLimit(List.of("uploads")).inBytes();
		assertThat(exception).hasMessage(
				"Request was throttled. It takes more bytes than the limit ever allows, so waiting does not help.");
		assertThat(exception.isCostAboveLimit()).isTrue();
		assertThat(exception.getRetryAfterSeconds()).isEmpty();
		assertThat(exception.getViolatedPolicies()).containsExactly("uploads");
	}

	@Test
	void violatedPoliciesAreKept() {
		List<String> names = new ArrayList<>(List.of("user", "user-day"));
		ThrottledException exception = new ThrottledException(null, names);
		names.clear();
		assertThat(exception.getViolatedPolicies()).containsExactly("user", "user-day").isUnmodifiable();
	}

	@Test
	void denyingTakesNoStackTrace() {
		assertThat(new ThrottledException(Duration.ofSeconds(1)).getStackTrace()).isEmpty();
	}

}
