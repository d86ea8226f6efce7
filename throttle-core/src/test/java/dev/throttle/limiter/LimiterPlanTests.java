package dev.throttle.limiter;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.PlanResolver;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The plans of clients that limiters count.
 */
class LimiterPlanTests {

	private static final Scope SMS = Scope.of("sms");

	private static final Scope MAIL = Scope.of("mail");

	private static final Client ADA = Client.user("ada");

	private static final Client BOB = Client.user("bob");

	private static final Client PHONE = Client.key("1");

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().build();

	private final RateRegistry rates = new RateRegistry(Rates.of(Map.of("sms", "1/hour", "mail", "1/hour"))
		.withPlan("pro", false, Map.of(SMS, Rate.parseAll("3/hour"), MAIL, Rate.parseAll("4/hour"))));

	private final List<String> asked = new ArrayList<>();

	private @Nullable ThrottleRequest handled;

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void clientOfTheRequestThatIsHandledHasItsPlan() {
		RateLimiter limiter = limiters(LimiterPlanTests::planOfMember).scope("sms");
		this.handled = new MockThrottleRequest().withPrincipal(new Member("ada"));
		assertThat(limiter.peek(ADA).limit()).isEqualTo(3);
		assertThat(limiter.tryAcquire(ADA).limit()).isEqualTo(3);
		assertThat(limiter.tryAcquireAsync(ADA, 1).join().limit()).isEqualTo(3);
		this.handled = null;
		assertThat(limiter.tryAcquire(ADA).limit()).isEqualTo(1);
	}

	@Test
	void otherClientHasNotThePlanOfTheRequest() {
		RateLimiter limiter = limiters(LimiterPlanTests::planOfMember).scope("sms");
		this.handled = new MockThrottleRequest().withPrincipal(new Member("ada"));
		assertThat(limiter.tryAcquire(BOB).limit()).isEqualTo(1);
		assertThat(limiter.tryAcquire(PHONE).limit()).isEqualTo(1);
	}

	@Test
	void addressOfTheRequestTellsThePlanOfItsUser() {
		RateLimiter limiter = limiters((request) -> request.address().equals("192.0.2.1") ? "pro" : null).scope("sms");
		this.handled = new MockThrottleRequest().withUser("ada").withAddress("192.0.2.1");
		assertThat(limiter.tryAcquire(ADA).limit()).isEqualTo(3);
		assertThat(limiter.tryAcquire(BOB).limit()).isEqualTo(1);
	}

	@Test
	void planThatIsKnownIsNotAskedForAgain() {
		RateLimiter limiter = limiters(this::ask).scope("sms");
		this.handled = new MockThrottleRequest().withUser("bob").withPlan("pro");
		assertThat(limiter.tryAcquire(BOB).limit()).isEqualTo(3);
		assertThat(this.asked).isEmpty();
	}

	@Test
	void eachOfSeveralClientsHasItsOwnPlan() {
		RateLimiters limiters = limiters(this::ask);
		List<Permits> permits = List.of(new Permits(SMS, BOB, 1), new Permits(SMS, ADA, 1), new Permits(MAIL, BOB, 1),
				new Permits(MAIL, ADA, 1), new Permits(SMS, PHONE, 1));
		assertThat(limiters.tryAcquire(permits).isAllowed()).isTrue();
		assertThat(this.asked).containsExactly("bob", "ada", "null");
		assertThat(limiters.scope("sms").peek(ADA).remaining()).isEqualTo(2);
		assertThat(limiters.scope("mail").peek(ADA).remaining()).isEqualTo(3);
		assertThat(limiters.scope("sms").peek(BOB).remaining()).isZero();
		assertThat(limiters.tryAcquire(permits).isAllowed()).isFalse();
		assertThat(limiters.scope("sms").peek(ADA).remaining()).isEqualTo(2);
	}

	@Test
	void eachOfSeveralClientsHasItsOwnPlanWhereNobodyWaits() {
		RateLimiters limiters = limiters(new LatePlans());
		List<Permits> permits = List.of(new Permits(SMS, BOB, 1), new Permits(SMS, ADA, 2), new Permits(MAIL, ADA, 2));
		assertThat(limiters.tryAcquireAsync(permits).join().isAllowed()).isTrue();
		assertThat(limiters.scope("sms").tryAcquireAsync(ADA, 1).join().remaining()).isZero();
	}

	private @Nullable String ask(ThrottleRequest request) {
		this.asked.add(String.valueOf(request.user()));
		return "ada".equals(request.user()) ? "pro" : null;
	}

	private static @Nullable String planOfMember(ThrottleRequest request) {
		return (request.principal() instanceof Member) ? "pro" : null;
	}

	private RateLimiters limiters(PlanResolver plans) {
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates, SecretIdents.withRandomKey())
			.withPlans(plans);
		return new RateLimiters(this.rates, engine, this.backend, Runnable::run, new CallingThread() {

			@Override
			public boolean mustNotBlock() {
				return false;
			}

			@Override
			public @Nullable ThrottleRequest request() {
				return LimiterPlanTests.this.handled;
			}

		});
	}

	/**
	 * A user who has the plan, which the name does not tell.
	 */
	private record Member(String name) implements Principal {

		@Override
		public String getName() {
			return this.name;
		}

	}

	/**
	 * Answers on another thread.
	 */
	private static final class LatePlans implements PlanResolver {

		@Override
		public @Nullable String plan(ThrottleRequest request) {
			return "ada".equals(request.user()) ? "pro" : null;
		}

		@Override
		@SuppressWarnings("NullAway") // javac 17 loses annotations in class files
		public CompletableFuture<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
			return CompletableFuture.supplyAsync(() -> plan(request));
		}

	}

}
