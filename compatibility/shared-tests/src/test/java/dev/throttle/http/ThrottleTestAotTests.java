package dev.throttle.http;

import java.time.Duration;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.backend.memory.NanoClock;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.test.generate.CompilerFiles;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.SpringProperties;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.aot.TestContextAotGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test with {@link ThrottleTest @ThrottleTest} that was processed ahead of time.
 */
class ThrottleTestAotTests {

	@Test
	@CompileWithForkedClassLoader
	void clockAndBackendAreThoseOfTheTest() {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		new TestContextAotGenerator(files).processAheadOfTime(Stream.of(Processed.class));
		TestCompiler.forSystem().with(CompilerFiles.from(files)).compile((compiled) -> {
			SpringProperties.setFlag("spring.aot.enabled");
			Processed test = new Processed();
			prepare(test);
			test.limitIsThatOfAMinute();
		});
	}

	private static void prepare(Processed test) {
		try {
			new TestContextManager(Processed.class).prepareTestInstance(test);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ThrottleTest
	@SpringBootTest(classes = Limits.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
			properties = { "throttle.rates.sms=1/min", "throttle.scopes.sms.in-code=true", "throttle.backend=redis" })
	static class Processed {

		@Autowired
		private RateLimiters limiters;

		@Autowired
		private ThrottleClock clock;

		void limitIsThatOfAMinute() {
			RateLimiter sms = this.limiters.scope("sms");
			Client ada = Client.user("ada");
			sms.acquire(ada);
			assertThat(sms.tryAcquire(ada).retryAfter()).isEqualTo(Duration.ofMinutes(1));
			this.clock.advance(Duration.ofMinutes(1));
			sms.acquire(ada);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ThrottleAutoConfiguration.class)
	static class Limits {

		@Bean
		@Primary
		NanoClock ticker() {
			return NanoClock.SYSTEM;
		}

	}

}
