package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.http.FilterSecurityTests.Passwords;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The filter counts log-ins by the answer of Spring Security.
 */
class CountStatusSecurityTests {

	@Test
	void onlyWrongPasswordsUseUpTheLimit() {
		try (RunningApplication application = start("security", "throttle.rates.address=3/min")) {
			Caller right = as(application.caller(), "correct");
			Caller wrong = as(application.caller(), "guess");
			for (int i = 0; i < 10; i++) {
				assertThat(right.get("/secret").statusCode()).isEqualTo(200);
				awaitRemaining(right, 3);
			}
			assertThat(wrong.get("/secret").statusCode()).isEqualTo(401);
			assertThat(right.get("/forbidden").statusCode()).isEqualTo(403);
			awaitRemaining(right, 2);
			assertThat(wrong.get("/secret").statusCode()).isEqualTo(401);
			assertThat(wrong.get("/secret").statusCode()).isEqualTo(401);
			assertThat(right.get("/secret").statusCode()).isEqualTo(429);
		}
	}

	/**
	 * Wait until the headers of a request that gives itself back say what was left before
	 * it.
	 */
	private static void awaitRemaining(Caller caller, int remaining) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.untilAsserted(() -> assertThat(caller.remaining("/secret")).isEqualTo(remaining - 1));
	}

	@Test
	void parallelGuessesReachThePasswordCheckOfAllInstancesExactlyAsOftenAsTheRateSays() throws IOException {
		int port = freePort();
		RedisServer redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
		List<RunningApplication> instances = Stream.generate(() -> start("security,redis",
				"throttle.rates.address=5/min", "throttle.backend=redis", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + port, "throttle.redis.timeout=20s", "throttle.on-failure=deny",
				"spring.application.name=logins"))
			.limit(3)
			.toList();
		try {
			List<Integer> statuses = IntStream.range(0, 400)
				.mapToObj((guess) -> as(instances.get(guess % 3).caller(), "guess").getAsync("/secret"))
				.toList()
				.stream()
				.map(CompletableFuture::join)
				.map(HttpResponse::statusCode)
				.toList();
			assertThat(statuses).filteredOn((status) -> status == 401).hasSize(5);
			assertThat(statuses).filteredOn((status) -> status == 429).hasSize(395);
			assertThat(instances.stream().mapToInt((instance) -> instance.bean(Passwords.class).asked()).sum())
				.isEqualTo(5);
		}
		finally {
			instances.forEach(RunningApplication::close);
			redis.stop();
		}
	}

	private static Caller as(Caller caller, String password) {
		byte[] credentials = ("amy:" + password).getBytes(StandardCharsets.UTF_8);
		return caller.with("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static RunningApplication start(String profiles, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("spring.profiles.active=" + profiles);
		all.add("throttle.scopes.address.count-status=401");
		return RunningApplication.start(FilterSecurityTests.Application.class, all.toArray(String[]::new));
	}

}
