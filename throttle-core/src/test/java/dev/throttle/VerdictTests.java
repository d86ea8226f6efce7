package dev.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Verdict}.
 */
class VerdictTests {

	private static final Client AMY = Client.user("amy");

	@Test
	void allowedRequestMayHaveSomethingToGiveBack() {
		Runnable release = () -> {
		};
		assertThat(Verdict.allow()).isEqualTo(new Verdict.Allow(null)).isSameAs(Verdict.allow());
		assertThat(Verdict.allow(release)).isEqualTo(new Verdict.Allow(release));
	}

	@Test
	void deniedRequestMayBeToldAWait() {
		assertThat(Verdict.deny()).isEqualTo(new Verdict.Deny(null));
		assertThat(Verdict.deny(Duration.ofMinutes(1))).isEqualTo(new Verdict.Deny(Duration.ofMinutes(1)));
	}

	@Test
	void negativeWaitIsTheShortest() {
		assertThat(Verdict.deny(Duration.ofSeconds(-1))).isEqualTo(new Verdict.Deny(Duration.ZERO));
		assertThat(new Verdict.Deny(Duration.ofSeconds(-1)).retryAfter()).isZero();
	}

	@Test
	void clientIsCountedUnderAScopeAtACost() {
		assertThat(Verdict.count("user", AMY)).isEqualTo(new Verdict.Count(List.of(Scope.of("user")), AMY, 1));
		assertThat(Verdict.count("USER", AMY, 3)).isEqualTo(new Verdict.Count(List.of(Scope.of("user")), AMY, 3));
	}

	@Test
	void countOfNobodySaysItsScopeAndHasNoCost() {
		assertThat(Verdict.count("user", null)).isEqualTo(new Verdict.Count(List.of(Scope.of("user")), null, 1));
		assertThat(Verdict.count("user", null, -1)).isInstanceOf(Verdict.Count.class);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE })
	void costIsPositive(long cost) {
		assertThatExceptionOfType(InvalidVerdictException.class).isThrownBy(() -> Verdict.count("user", AMY, cost))
			.withMessage("the cost must be a positive whole number but is " + cost);
	}

	@Test
	void countWithoutAScopeIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Verdict.Count(List.of(), AMY, 1))
			.withMessage("'scopes' must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Verdict.count("us er", AMY))
			.withMessageContaining("Invalid scope 'us er'");
	}

	@Test
	void scopesCannotBeChangedFromOutside() {
		List<Scope> scopes = new ArrayList<>(List.of(Scope.of("user")));
		Verdict.Count counted = new Verdict.Count(scopes, AMY, 1);
		scopes.clear();
		assertThat(counted.scopes()).containsExactly(Scope.of("user")).isUnmodifiable();
	}

}
