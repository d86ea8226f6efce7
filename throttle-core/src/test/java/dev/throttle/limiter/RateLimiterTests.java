package dev.throttle.limiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Reservation;
import dev.throttle.Scope;
import dev.throttle.ThrottledException;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RateLimiters}, {@link RateLimiter} and {@link Acquisition}.
 */
class RateLimiterTests {

	private static final Client PHONE = Client.of("phone", "+49 170 1");

	private static final Client OTHER = Client.of("phone", "+49 170 2");

	private final ThrottleClock clock = new ThrottleClock();

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	private final RateLimiters limiters = RateLimiters.of(Map.of("sms", "3/hour", "mail", "2/min, 5/day"),
			this.backend);

	private final RateLimiter sms = this.limiters.scope("sms");

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void permitsAreTakenUntilThereAreNone() {
		assertThat(this.sms.tryAcquire(PHONE).remaining()).isEqualTo(2);
		assertThat(this.sms.tryAcquire(PHONE).limit()).isEqualTo(3);
		this.clock.advance(Duration.ofMinutes(10));
		Acquisition last = this.sms.tryAcquire(PHONE);
		assertThat(last.isAllowed()).isTrue();
		assertThat(last.retryAfter()).isZero();
		assertThat(last.reset()).isEqualTo(Duration.ofMinutes(50));
		Acquisition denied = this.sms.tryAcquire(PHONE);
		assertThat(denied.isAllowed()).isFalse();
		assertThat(denied.retryAfter()).isEqualTo(Duration.ofMinutes(50));
		assertThat(denied.remaining()).isZero();
		assertThat(this.sms.tryAcquire(OTHER).isAllowed()).isTrue();
		this.clock.advance(Duration.ofMinutes(50));
		assertThat(this.sms.tryAcquire(PHONE).isAllowed()).isTrue();
	}

	@Test
	void permitsCountFromTheTimeOfTheAnswer() {
		Acquisition taken = this.sms.acquire(PHONE, 3);
		this.clock.advance(Duration.ofMinutes(10));
		taken.countFromNow();
		assertThat(this.sms.tryAcquire(PHONE).retryAfter()).isEqualTo(Duration.ofHours(1));
		taken.countFromNow();
		taken.reservation().settle(0);
		assertThat(this.sms.peek(PHONE).remaining()).isZero();
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.sms.peek(PHONE).remaining()).isEqualTo(3);
	}

	@Test
	void permitsThatExpiredBeforeTheAnswerCountFromThenOn() {
		Acquisition taken = this.sms.acquire(PHONE, 3);
		this.clock.advance(Duration.ofHours(2));
		taken.countFromNow();
		assertThat(this.sms.tryAcquire(PHONE).retryAfter()).isEqualTo(Duration.ofHours(1));
	}

	@Test
	void deniedRequestHasNothingThatCouldCountFromNow() {
		this.sms.acquire(PHONE, 3);
		this.clock.advance(Duration.ofMinutes(10));
		this.sms.tryAcquire(PHONE).countFromNow();
		assertThat(this.sms.tryAcquire(PHONE).retryAfter()).isEqualTo(Duration.ofMinutes(50));
	}

	@Test
	void acquireThrowsWhenThereIsNoPermit() {
		assertThat(this.sms.acquire(PHONE, 3).remaining()).isZero();
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> this.sms.acquire(PHONE))
			.satisfies((ex) -> {
				assertThat(ex.getRetryAfter()).isEqualTo(Duration.ofHours(1));
				assertThat(ex.getViolatedPolicies()).containsExactly("sms");
			});
	}

	@Test
	void costAboveTheLimitIsNeverAllowed() {
		Acquisition denied = this.sms.tryAcquire(PHONE, 4);
		assertThat(denied.isAllowed()).isFalse();
		assertThat(denied.retryAfter()).isNull();
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(denied::orElseThrow)
			.satisfies((ex) -> assertThat(ex.isCostAboveLimit()).isTrue());
	}

	@Test
	void costMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.sms.tryAcquire(PHONE, 0))
			.withMessage("'cost' must be positive but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> this.sms.tryAcquireAsync(PHONE, -1));
	}

	@Test
	void reservationIsSettled() {
		Acquisition taken = this.sms.acquire(PHONE, 3);
		taken.reservation().settle(1);
		assertThat(this.sms.tryAcquire(PHONE, 2).isAllowed()).isTrue();
		assertThat(this.sms.tryAcquire(PHONE).reservation()).isSameAs(Reservation.NONE);
	}

	@Test
	void peekTakesNothing() {
		this.sms.acquire(PHONE, 2);
		for (int i = 0; i < 2; i++) {
			Acquisition peeked = this.sms.peek(PHONE);
			assertThat(peeked.isAllowed()).isTrue();
			assertThat(peeked.remaining()).isEqualTo(1);
			assertThat(peeked.limit()).isEqualTo(3);
			assertThat(peeked.reservation()).isSameAs(Reservation.NONE);
		}
		this.sms.acquire(PHONE);
		assertThat(this.sms.peek(PHONE).isAllowed()).isFalse();
		assertThat(this.sms.peek(PHONE).retryAfter()).isEqualTo(Duration.ofHours(1));
		assertThat(this.sms.peek(OTHER).remaining()).isEqualTo(3);
	}

	@Test
	void resetForgetsWhatWasTaken() {
		this.sms.acquire(PHONE, 3);
		this.sms.acquire(OTHER, 3);
		this.sms.reset(PHONE);
		assertThat(this.sms.tryAcquire(PHONE, 3).isAllowed()).isTrue();
		assertThat(this.sms.tryAcquire(OTHER).isAllowed()).isFalse();
	}

	@Test
	void secretIsCountedAndReset() {
		Client key = Client.secret("api-key", "s3cret");
		this.sms.acquire(key, 3);
		assertThat(this.sms.tryAcquire(key).isAllowed()).isFalse();
		this.sms.reset(key);
		assertThat(this.sms.tryAcquire(key).isAllowed()).isTrue();
	}

	@Test
	void numbersAreThoseOfTheRateThatMattersMost() {
		RateLimiter mail = this.limiters.scope("mail");
		assertThat(mail.acquire(PHONE).limit()).isEqualTo(2);
		mail.acquire(PHONE);
		this.clock.advance(Duration.ofMinutes(1));
		mail.acquire(PHONE, 2);
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(mail.acquire(PHONE)).satisfies((taken) -> {
			assertThat(taken.limit()).isEqualTo(5);
			assertThat(taken.remaining()).isZero();
		});
	}

	@Test
	void asynchronousCallsShareTheCount() {
		assertThat(this.sms.tryAcquireAsync(PHONE, 1).join().remaining()).isEqualTo(2);
		assertThat(this.sms.acquireAsync(PHONE, 2).join().remaining()).isZero();
		assertThat(this.sms.tryAcquireAsync(PHONE, 1).join().isAllowed()).isFalse();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> this.sms.acquireAsync(PHONE, 1).join())
			.withCauseInstanceOf(ThrottledException.class);
	}

	@Test
	void threadsTakeExactlyWhatThereIs() throws Exception {
		RateLimiter many = RateLimiters.of(Map.of("jobs", "1000/hour"), this.backend).scope("jobs");
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			List<Future<Integer>> taken = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				taken.add(threads.submit(() -> {
					int allowed = 0;
					for (int j = 0; j < 100; j++) {
						allowed += many.tryAcquire(PHONE).isAllowed() ? 1 : 0;
					}
					return allowed;
				}));
			}
			int sum = 0;
			for (Future<Integer> each : taken) {
				sum += each.get();
			}
			assertThat(sum).isEqualTo(1000);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void rateMayChangeAndGoAway() {
		RateRegistry rates = new RateRegistry(Rates.of(Map.of("sms", "1/hour")));
		RateLimiter limiter = limiters(rates).scope("SMS");
		limiter.acquire(PHONE);
		rates.configure("sms", "2/hour");
		assertThat(limiter.tryAcquire(PHONE).isAllowed()).isTrue();
		assertThat(limiter.tryAcquire(PHONE).isAllowed()).isFalse();
		rates.configure("sms", "unlimited");
		assertThat(limiter.tryAcquire(PHONE)).satisfies((taken) -> {
			assertThat(taken.isAllowed()).isTrue();
			assertThat(taken.remaining()).isEqualTo(Long.MAX_VALUE);
			assertThat(taken.limit()).isEqualTo(Long.MAX_VALUE);
			assertThat(taken.reset()).isZero();
		});
	}

	@Test
	void clientOfAPlanHasItsRates() {
		Rates usual = Rates.of(Map.of("sms", "1/hour"));
		RateRegistry rates = new RateRegistry(
				usual.withPlan("pro", false, Map.of(Scope.of("sms"), Rate.parseAll("3/hour"))));
		ThrottleEngine engine = engine(rates).withPlans((request) -> "ada".equals(request.user()) ? "pro" : null);
		RateLimiter limiter = new RateLimiters(rates, engine, this.backend, Runnable::run, () -> false).scope("sms");
		assertThat(limiter.tryAcquire(Client.user("ada"), 3).isAllowed()).isTrue();
		assertThat(limiter.tryAcquire(Client.user("bob"), 3).isAllowed()).isFalse();
		assertThat(limiter.tryAcquire(Client.address("192.0.2.1"), 1).isAllowed()).isTrue();
	}

	@Test
	void resolverSeesTheNameOfAUserAsItIsAndNoSecret() {
		Rates usual = Rates.of(Map.of("sms", "1/hour"));
		RateRegistry rates = new RateRegistry(
				usual.withPlan("pro", false, Map.of(Scope.of("sms"), Rate.parseAll("3/hour"))));
		List<String> users = new ArrayList<>();
		ThrottleEngine engine = engine(rates).withPlans((request) -> {
			users.add(String.valueOf(request.user()));
			return "CORP\\ada|1".equals(request.user()) ? "pro" : null;
		});
		RateLimiter limiter = new RateLimiters(rates, engine, this.backend, Runnable::run, () -> false).scope("sms");
		assertThat(limiter.tryAcquire(Client.user("CORP\\ada|1"), 3).isAllowed()).isTrue();
		limiter.tryAcquire(Client.secret(Client.USER, "token"));
		assertThat(users).containsExactly("CORP\\ada|1", "null");
	}

	@Test
	void permitsOfSeveralScopesAreTakenAllOrNone() {
		Permits sms = new Permits(Scope.of("sms"), PHONE, 2);
		Permits mail = new Permits(Scope.of("mail"), Client.user("ada"), 1);
		assertThat(this.limiters.tryAcquire(List.of(sms, mail)).isAllowed()).isTrue();
		assertThat(this.limiters.tryAcquire(List.of(mail, sms)).isAllowed()).isFalse();
		assertThat(this.limiters.tryAcquireAsync(List.of(mail, sms)).join().isAllowed()).isFalse();
		assertThat(this.limiters.scope("mail").tryAcquire(Client.user("ada")).isAllowed()).isTrue();
		assertThat(this.sms.tryAcquire(PHONE).isAllowed()).isTrue();
	}

	@Test
	void severalClientsOfOneScopeAreCountedWithTheirOwnCosts() {
		Scope scope = Scope.of("sms");
		assertThat(this.limiters.tryAcquire(List.of(new Permits(scope, PHONE, 3), new Permits(scope, OTHER, 1))))
			.matches(Acquisition::isAllowed);
		assertThat(this.sms.tryAcquire(OTHER).remaining()).isEqualTo(1);
	}

	@Test
	void scopeWithoutARateIsAnError() {
		assertThatExceptionOfType(MissingRateException.class).isThrownBy(() -> this.limiters.scope("fax"))
			.withMessage("There is no rate for the scope 'fax'; set 'throttle.rates.fax', for example to '100/hour'");
		assertThat(this.limiters.usedScopes()).containsExactly(Scope.of("sms"));
	}

	@Test
	void everythingIsAllowedIfThrottlingIsOff() {
		RateRegistry rates = new RateRegistry(Rates.none());
		ThrottleEngine off = ThrottleEngine.off(Accounting.ALL_OR_NOTHING, rates, SecretIdents.withRandomKey());
		RateLimiter limiter = new RateLimiters(rates, off, this.backend, Runnable::run, () -> false).scope("sms");
		for (int i = 0; i < 10; i++) {
			assertThat(limiter.acquire(PHONE).isAllowed()).isTrue();
		}
	}

	private RateLimiters limiters(RateRegistry rates) {
		return new RateLimiters(rates, engine(rates), this.backend, Runnable::run, () -> false);
	}

	private static ThrottleEngine engine(RateRegistry rates) {
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, rates, SecretIdents.withRandomKey());
	}

}
