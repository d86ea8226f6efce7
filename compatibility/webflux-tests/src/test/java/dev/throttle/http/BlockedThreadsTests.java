package dev.throttle.http;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thread that is blocked is noticed, so that a test in which none is noticed shows that
 * none is blocked.
 */
class BlockedThreadsTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.defaults=");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void handlerThatSleepsOnAnEventLoopIsNoticed() {
		BlockedThreads.all();
		assertThat(application.caller().get("/sleeping-handler").statusCode()).isEqualTo(200);
		assertThat(BlockedThreads.all()).anySatisfy((call) -> assertThat(call).hasMessageContaining("sleep"));
	}

	@Test
	void handlerThatSleepsIsNotTheLibrary() {
		assertThat(application.caller().get("/throttled-sleeping-handler").statusCode()).isEqualTo(200);
		assertThat(BlockedThreads.byLibrary()).isEmpty();
	}

	@Test
	void throttleThatIsMadeToSleepOnAnEventLoopIsNoticed() {
		assertThat(application.caller().get("/sleeping-throttle").statusCode()).isEqualTo(200);
		assertThat(BlockedThreads.byLibrary()).isNotEmpty();
	}

	private static void sleep() {
		try {
			Thread.sleep(1);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Handlers.class, SleepingThrottle.class })
	static class Application {

	}

	/**
	 * Says that it does not block, as each throttle of this type, but blocks.
	 */
	static class SleepingThrottle extends SimpleRateThrottle {

		SleepingThrottle() {
			super("sleeping", "100/hour");
		}

		@Override
		protected Client client(ThrottleRequest request) {
			sleep();
			return Client.of("everybody", "");
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/sleeping-handler")
		@Unthrottled
		String handler() {
			sleep();
			return "slept";
		}

		@GetMapping("/throttled-sleeping-handler")
		@Throttle(rate = "100/hour")
		String throttled() {
			sleep();
			return "slept";
		}

		@GetMapping("/sleeping-throttle")
		@Throttle(use = SleepingThrottle.class)
		String throttle() {
			return "slept";
		}

	}

}
