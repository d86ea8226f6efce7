package dev.throttle.backend.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.FakeClock;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Three instances, one of which is a process of its own whose wall clock is an hour fast.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("integration")
class RedisClockTests {

	private static final int THREADS = 64;

	private static final int REQUESTS = 20;

	private static final Policy POLICY = Policy.of("burst", Rate.parse("1000/min"));

	private FastInstance fast;

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeEach
	void start() throws IOException {
		if (this.fast == null) {
			this.fast = FastInstance.start();
		}
	}

	@AfterAll
	void stop() throws Exception {
		if (this.fast != null) {
			this.fast.stop();
		}
	}

	@RepeatedTest(20)
	void instanceWhoseClockIsFastSharesTheCount() throws Exception {
		String user = UUID.randomUUID().toString();
		ExecutorService executor = Executors.newFixedThreadPool(3);
		try (RedisCacheBackend one = backend(RedisFixture.uri()); RedisCacheBackend two = backend(RedisFixture.uri())) {
			List<Future<Integer>> admitted = executor.invokeAll(List.of(() -> burst(driver(), one, user, THREADS / 3),
					() -> burst(driver(), two, user, THREADS / 3), () -> this.fast.burst(user)));
			int sum = 0;
			for (Future<Integer> future : admitted) {
				sum += future.get();
			}
			assertThat(sum).isEqualTo(1000);
		}
		finally {
			executor.shutdown();
		}
	}

	private static RedisCacheBackend backend(String uri) {
		RedisClient client = RedisClient.create();
		client.setOptions(RedisClientOptions.standalone().build());
		RedisConnector connector = RedisConnector.standalone(client, RedisURI.create(uri));
		return RedisCacheBackend.builder(connector, MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(10))
			.onFailure((policy) -> OnFailure.DENY)
			.build();
	}

	private static int burst(Driver driver, RedisCacheBackend backend, String user, int threads) throws Exception {
		Quota quota = new Quota(Client.user(user), POLICY);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			Callable<Integer> requests = () -> {
				int count = 0;
				for (int i = 0; i < REQUESTS; i++) {
					count += driver.decide(backend, quota).isAllowed() ? 1 : 0;
				}
				return count;
			};
			int sum = 0;
			for (Future<Integer> future : executor.invokeAll(Collections.nCopies(threads, requests))) {
				sum += future.get();
			}
			return sum;
		}
		finally {
			executor.shutdown();
		}
	}

	/**
	 * The process: reads a user's name from each line, and answers how many of its
	 * requests were admitted, and its wall clock's time.
	 */
	public static void main(String[] arguments) throws Exception {
		BufferedReader users = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		try (RedisCacheBackend backend = backend(arguments[0])) {
			for (String user = users.readLine(); user != null; user = users.readLine()) {
				System.out.println("ADMITTED " + burst(Driver.SYNC, backend, user, THREADS - 2 * (THREADS / 3)) + " "
						+ Instant.now().getEpochSecond());
			}
		}
	}

	private record FastInstance(Process process, BufferedReader answers, Writer questions) {

		static FastInstance start() throws IOException {
			String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
			ProcessBuilder builder = new ProcessBuilder(java, "-cp",
					System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
					RedisClockTests.class.getName(), RedisFixture.uri());
			FakeClock clock = new FakeClock();
			clock.set("+1h");
			builder.environment().putAll(clock.environment());
			builder.environment().put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
			builder.redirectError(ProcessBuilder.Redirect.DISCARD);
			Process process = builder.start();
			return new FastInstance(process,
					new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
					process.outputWriter(StandardCharsets.UTF_8));
		}

		int burst(String user) throws IOException {
			this.questions.write(user + "\n");
			this.questions.flush();
			String answer = this.answers.readLine();
			while (answer != null && !answer.startsWith("ADMITTED ")) {
				answer = this.answers.readLine();
			}
			assertThat(answer).as("the process has answered").isNotNull();
			String[] fields = answer.split(" ");
			assertThat(Long.parseLong(fields[2])).isCloseTo(Instant.now().getEpochSecond() + 3600, within(60L));
			return Integer.parseInt(fields[1]);
		}

		void stop() throws Exception {
			this.questions.close();
			this.process.waitFor();
		}

	}

}
