package dev.throttle.method;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Scopes that count bytes, in code and on methods, where there is no body.
 */
class BytesOfMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, AopAutoConfiguration.class))
		.withPropertyValues("throttle.rates.uploads=100KB/day", "throttle.scopes.uploads.cost=request-bytes",
				"throttle.scopes.uploads.in-code=true");

	@Test
	void methodThatDoesNotSayHowManyBytesStopsTheStart() {
		this.runner.withBean(WithoutCost.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessage("@Throttle on " + WithoutCost.class.getName()
						+ "#save(byte[]) declares the scope 'uploads', "
						+ "which counts bytes, but the method does not handle requests, so there is no body to count. "
						+ "Write how many bytes a call takes, as in costString = \"#file.length\", "
						+ "or declare a scope whose 'throttle.scopes.uploads.cost' is not set."));
	}

	@Test
	void methodThatSaysHowManyBytesIsLimited() {
		this.runner.withBean(WithCost.class).run((context) -> {
			WithCost storage = context.getBean(WithCost.class);
			storage.save(new byte[60 * 1024]);
			storage.save(new byte[40 * 1024]);
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> storage.save(new byte[1]));
		});
	}

	@Test
	void codeSaysHowManyBytes() {
		this.runner.run((context) -> {
			RateLimiter uploads = context.getBean(RateLimiters.class).scope("uploads");
			assertThatIllegalStateException().isThrownBy(() -> uploads.acquire(Client.ALL))
				.withMessage(
						"The scope 'uploads' counts bytes, and code has no body to count; say how many, as in acquire(client, 4096)");
			assertThatIllegalStateException().isThrownBy(() -> uploads.tryAcquire(Client.ALL));
			assertThat(uploads.acquire(Client.ALL, 100 * 1024).remaining()).isZero();
			assertThat(uploads.peek(Client.ALL).isAllowed()).isFalse();
		});
	}

	@Test
	void codeNeedSayNothingIfThrottlingIsOff() {
		this.runner.withBean(WithoutCost.class).withPropertyValues("throttle.enabled=false").run((context) -> {
			context.getBean(WithoutCost.class).save(new byte[1]);
			context.getBean(RateLimiters.class).scope("uploads").acquire(Client.ALL);
		});
	}

	static class WithoutCost {

		@Throttle(scope = "uploads")
		public void save(byte[] file) {
		}

	}

	static class WithCost {

		@Throttle(scope = "uploads", costString = "#file.length")
		public void save(byte[] file) {
		}

	}

}
