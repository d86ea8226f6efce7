package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.throttle.http.RecordingServer.Arrival;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Three instances that call one server under one outgoing limit.
 */
class PacingInstancesTests {

	private static final int SECONDS = Integer.getInteger("pacing.seconds", 2);

	/** A short run on a busy machine is not measured. */
	private static final int LEAST_PERCENT = (SECONDS < 10) ? 50 : 95;

	private static final int INSTANCES = 3;

	private static final int LIMIT = 100;

	private static final String WARM_UP = "/warm-up";

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@Test
	void instancesTogetherSendAllThatTheLimitAllowsAndNoMore() throws IOException {
		int redisPort = freePort();
		RedisServer redis = RedisServer.newRedisServer()
			.port(redisPort)
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.build();
		redis.start();
		List<RunningApplication> instances = new ArrayList<>();
		List<PacingCaller> callers = new ArrayList<>();
		try (RecordingServer server = RecordingServer.start()) {
			for (int i = 0; i < INSTANCES; i++) {
				instances.add(start(redisPort));
			}
			String warmUp = server.address().replace("127.0.0.1", "localhost") + WARM_UP;
			for (int i = 0; i < INSTANCES; i++) {
				callers.add(PacingCaller.start(instances.get(i), warmUp, server.address() + "/" + i));
			}
			await().atMost(Duration.ofMinutes(3)).until(() -> callers(server) == INSTANCES);
			long begin = System.nanoTime();
			await().timeout(Duration.ofMinutes(1).plusSeconds(SECONDS))
				.until(() -> System.nanoTime() - begin >= SECONDS * SECOND);
			List<Arrival> arrivals = server.arrivals()
				.stream()
				.filter((arrival) -> !arrival.path().equals(WARM_UP))
				.toList();
			assertThat(callers).flatExtracting(PacingCaller::failures).isEmpty();
			long during = arrivals.stream()
				.filter((arrival) -> arrival.nanos() >= begin && arrival.nanos() - begin < SECONDS * SECOND)
				.count();
			int most = RecordingServer.most(arrivals, SECOND);
			System.out.printf(
					"%d calls of %d instances in %d s, at most %d in any second, %.1f%% of what is possible%n", during,
					INSTANCES, SECONDS, most, 100.0 * during / (LIMIT * SECONDS));
			assertThat(most).isLessThanOrEqualTo(LIMIT);
			assertThat(during).isGreaterThanOrEqualTo((long) LEAST_PERCENT * LIMIT * SECONDS / 100);
		}
		finally {
			callers.forEach(PacingCaller::close);
			instances.forEach(RunningApplication::close);
			redis.stop();
		}
	}

	private static long callers(RecordingServer server) {
		return server.arrivals()
			.stream()
			.map(Arrival::path)
			.filter((path) -> !path.equals(WARM_UP))
			.distinct()
			.count();
	}

	private static RunningApplication start(int redisPort) {
		return RunningApplication.start(Application.class, "spring.profiles.active=redis",
				"spring.main.web-application-type=none", "throttle.backend=redis", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + redisPort, "spring.data.redis.timeout=20s",
				"throttle.redis.key-prefix=pacing", "throttle.redis.timeout=20s",
				"throttle.outgoing.other.rate=1000/s", "throttle.outgoing.other.host=localhost",
				"throttle.outgoing.partner.rate=" + LIMIT + "/s", "throttle.outgoing.partner.host=127.0.0.1",
				"throttle.outgoing.partner.max-wait=20s", "throttle.outgoing.partner.on-failure=deny");
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
