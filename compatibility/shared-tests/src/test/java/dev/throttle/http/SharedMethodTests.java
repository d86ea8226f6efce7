package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits in code and on methods in two instances of an application that share a Redis.
 */
class SharedMethodTests {

	private static final int THREADS = 16;

	private static RedisServer redis;

	private static int port;

	@BeforeAll
	static void startRedis() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
	}

	@AfterAll
	static void stopRedis() throws IOException {
		redis.stop();
	}

	@Test
	void instancesTakeExactlyThreeForEachNumberFromCodeFromAMethodAndMixed() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (RunningApplication one = start(); RunningApplication other = start()) {
			List<RunningApplication> both = List.of(one, other);
			assertThat(admitted(threads, (i) -> fromCode(both.get(i % 2), "1"))).isEqualTo(3);
			assertThat(admitted(threads, (i) -> fromMethod(both.get(i % 2), "2"))).isEqualTo(3);
			assertThat(admitted(threads,
					(i) -> (i / 2 % 2 == 0) ? fromCode(both.get(i % 2), "3") : fromMethod(both.get(i % 2), "3")))
				.isEqualTo(3);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static boolean fromCode(RunningApplication application, String number) {
		return application.bean(RateLimiters.class).scope("sms").tryAcquire(Client.key(number)).isAllowed();
	}

	private static boolean fromMethod(RunningApplication application, String number) {
		try {
			application.bean(Sms.class).send(number);
			return true;
		}
		catch (ThrottledException ex) {
			return false;
		}
	}

	private static int admitted(ExecutorService threads, Call call) throws Exception {
		List<Future<Boolean>> calls = new ArrayList<>();
		for (int i = 0; i < 10 * THREADS; i++) {
			int index = i;
			calls.add(threads.submit(() -> call.make(index)));
		}
		int admitted = 0;
		for (Future<Boolean> each : calls) {
			admitted += each.get() ? 1 : 0;
		}
		return admitted;
	}

	private static RunningApplication start() {
		return RunningApplication.start(Application.class, "spring.application.name=sms", "throttle.rates.sms=3/hour",
				"spring.profiles.active=redis", "throttle.backend=redis", "throttle.redis.timeout=10s",
				"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port);
	}

	@FunctionalInterface
	interface Call {

		boolean make(int index);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Sms.class)
	static class Application {

	}

	static class Sms {

		@Throttle(scope = "sms", key = "#phone")
		public void send(String phone) {
		}

	}

}
