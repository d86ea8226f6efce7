package dev.throttle.method;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Calls on an event loop, which must not block.
 */
class EventLoopTests {

	private static final Client PHONE = Client.key("1");

	private final ApplicationContextRunner inMemory = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(Sms.class)
		.withPropertyValues("throttle.rates.sms=1/hour");

	private final ApplicationContextRunner inAStore = this.inMemory.withBean("cacheBackend", CacheBackend.class,
			SharedBackend::new);

	@Test
	void methodWithAPlainValueIsRefused() {
		this.inAStore.run((context) -> {
			Sms sms = context.getBean(Sms.class);
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> sms.send("1")))
				.withMessageMatching(
						"Permits are counted outside this process, so this call would block the event loop 'parallel-\\d+'; "
								+ "call it from Schedulers.boundedElastic\\(\\), or call tryAcquireAsync or acquireAsync. "
								+ "A method with @Throttle may return a Mono, a Flux or a CompletableFuture instead of a plain value");
			assertThat(sms.send("1")).isEqualTo("sent");
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> sms.send("1")));
		});
	}

	@Test
	void callsThatDoNotBlockAreDecided() {
		this.inAStore.run((context) -> {
			Sms sms = context.getBean(Sms.class);
			assertThat(onEventLoop(() -> sms.sendLater("1")).join()).isEqualTo("sent");
			assertThat(onEventLoop(() -> sms.sendMono("2")).block()).isEqualTo("sent");
			RateLimiter limiter = context.getBean(RateLimiters.class).scope("sms");
			assertThat(onEventLoop(() -> limiter.tryAcquireAsync(PHONE, 1)).join().isAllowed()).isFalse();
		});
	}

	@Test
	void callsInCodeAreRefused() {
		this.inAStore.run((context) -> {
			RateLimiter limiter = context.getBean(RateLimiters.class).scope("sms");
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> limiter.acquire(PHONE)));
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> limiter.tryAcquire(PHONE)));
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> limiter.peek(PHONE)));
			assertThatIllegalStateException().isThrownBy(() -> onEventLoop(() -> {
				limiter.reset(PHONE);
				return "";
			}));
			assertThat(limiter.tryAcquire(PHONE).isAllowed()).isTrue();
		});
	}

	@Test
	void memoryIsAskedOnAnEventLoop() {
		this.inMemory.run((context) -> {
			Sms sms = context.getBean(Sms.class);
			assertThat(onEventLoop(() -> sms.send("1"))).isEqualTo("sent");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> onEventLoop(() -> sms.send("1")));
			RateLimiter limiter = context.getBean(RateLimiters.class).scope("sms");
			assertThat(onEventLoop(() -> limiter.tryAcquire(PHONE)).isAllowed()).isFalse();
		});
	}

	@Test
	void nothingIsRefusedIfThrottlingIsOff() {
		this.inAStore.withPropertyValues("throttle.enabled=false")
			.run((context) -> assertThat(onEventLoop(() -> context.getBean(Sms.class).send("1"))).isEqualTo("sent"));
	}

	private static <T> T onEventLoop(Callable<T> call) {
		return Mono.fromCallable(call).subscribeOn(Schedulers.parallel()).blockOptional().orElseThrow();
	}

	static class Sms {

		@Throttle(scope = "sms", key = "#phone")
		public String send(String phone) {
			return "sent";
		}

		@Throttle(scope = "sms", key = "#phone")
		public CompletableFuture<String> sendLater(String phone) {
			return CompletableFuture.completedFuture("sent");
		}

		@Throttle(scope = "sms", key = "#phone")
		public Mono<String> sendMono(String phone) {
			return Mono.just("sent");
		}

	}

	/**
	 * Stands for a store outside the process.
	 */
	static class SharedBackend implements CacheBackend {

		private final MemoryCacheBackend store = MemoryCacheBackend.builder().build();

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			assertThat(Schedulers.isInNonBlockingThread()).isFalse();
			return this.store.decide(groups);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return this.store.peek(group);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			return this.store.settle(settlements);
		}

		@Override
		public void reset(Client client, Scope scope) {
			this.store.reset(client, scope);
		}

		@Override
		public boolean isShared() {
			return true;
		}

	}

}
