package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is true of waits where the way to the server and back takes time.
 */
@Tag("integration")
class RedisDelayTests {

	private static final Policy POLICY = Policy.of("user", new Rate(1, Duration.ofMillis(400)));

	private static RedisProcess redis;

	private static SilentRelay relay;

	private static RedisCacheBackend backend;

	@BeforeAll
	static void start() throws IOException {
		redis = RedisProcess.start();
		relay = new SilentRelay(redis.port());
		backend = RedisFixture.patientBackend(relay.uri());
		for (int i = 0; i < 20; i++) {
			backend.decide(new Quota(Client.user("warm-up"), POLICY));
		}
	}

	@AfterAll
	static void stop() throws IOException {
		backend.close();
		relay.close();
		redis.close();
	}

	@ParameterizedTest
	@CsvSource({ "150, 0, 0, 0", "0, 150, 0, 0", "150, 0, 0, 150", "20, 130, 10, 90" })
	void clientThatWaitsAsARememberedDenialSaysIsAdmitted(long there, long back, long thereLater, long backLater) {
		Quota quota = new Quota(Client.user(UUID.randomUUID().toString()), POLICY);
		relay.delay(Duration.ZERO, Duration.ZERO);
		assertThat(backend.decide(quota).get(0).isAllowed()).isTrue();
		relay.delay(Duration.ofMillis(there), Duration.ofMillis(back));
		assertThat(backend.decide(quota).get(0).isAllowed()).isFalse();
		relay.delay(Duration.ofMillis(thereLater), Duration.ofMillis(backLater));
		Outcome remembered = backend.decide(quota).get(0);
		assertThat(remembered.isAllowed()).isFalse();
		waitNanos(remembered.waitNanos());
		assertThat(backend.decide(quota).get(0).isAllowed()).isTrue();
	}

	private static void waitNanos(long nanos) {
		long start = System.nanoTime();
		for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
			LockSupport.parkNanos(left);
		}
	}

}
