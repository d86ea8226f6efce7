package dev.throttle.http;

import dev.throttle.PlanResolver;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A resolver of plans that blocks, on WebFlux. {@link BlockedThreads} watches the event
 * loops.
 */
class ReactivePlanTests {

	@Test
	void resolverThatSleepsBlocksNoEventLoop() {
		try (RunningApplication application = RunningApplication.start(Application.class, "throttle.rates.user=3/hour",
				"throttle.plans.free.rates.user=2/hour", "throttle.plans.pro.rates.user=5/hour",
				"throttle.rates.address=100/hour", "throttle.plans.pro.rates.address=200/hour")) {
			assertThat(admitted(application.caller().as("free"))).isEqualTo(2);
			assertThat(admitted(application.caller().as("pro"))).isEqualTo(5);
			assertThat(admitted(application.caller())).isEqualTo(3);
			assertThat(BlockedThreads.byLibrary()).isEmpty();
		}
	}

	private static long admitted(Caller caller) {
		long admitted = 0;
		while (caller.get("/plain").statusCode() == 200) {
			admitted++;
		}
		return admitted;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, PlanTests.Handlers.class })
	static class Application {

		@Bean
		PlanResolver sleeping() {
			return (request) -> {
				try {
					Thread.sleep(20);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				return request.user();
			};
		}

	}

}
