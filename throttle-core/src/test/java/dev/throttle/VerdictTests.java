package dev.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Verdict}.
 */
class VerdictTests {

	private static final Quota QUOTA = new Quota(Client.user("amy"), Policy.of("user", Rate.parse("1/s")));

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
	void quotasAreAsked() {
		assertThat(Verdict.ask(QUOTA)).isEqualTo(new Verdict.Ask(List.of(QUOTA)));
		assertThat(Verdict.ask(List.of(QUOTA, QUOTA))).isEqualTo(new Verdict.Ask(List.of(QUOTA, QUOTA)));
	}

	@Test
	void askingNoQuotaIsAllowing() {
		assertThat(Verdict.ask(List.of())).isSameAs(Verdict.allow());
		assertThatIllegalArgumentException().isThrownBy(() -> new Verdict.Ask(List.of()))
			.withMessage("'quotas' must not be empty");
	}

	@Test
	void quotasCannotBeChangedFromOutside() {
		List<Quota> quotas = new ArrayList<>(List.of(QUOTA));
		Verdict.Ask asked = new Verdict.Ask(quotas);
		Verdict verdict = Verdict.ask(quotas);
		quotas.clear();
		assertThat(asked.quotas()).containsExactly(QUOTA).isUnmodifiable();
		assertThat(verdict).isEqualTo(asked);
	}

}
