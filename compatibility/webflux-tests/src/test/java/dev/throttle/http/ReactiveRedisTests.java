package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.throttle.BaseThrottle;
import dev.throttle.Unthrottled;
import dev.throttle.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A reactive application that counts in Redis blocks no event loop, not even while Redis
 * hangs.
 */
class ReactiveRedisTests {

	private static RedisServer redis;

	private static RunningApplication application;

	@BeforeAll
	static void start() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
		application = RunningApplication.start(Application.class, "spring.profiles.active=redis",
				"throttle.backend=redis", "spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port,
				"throttle.rates.user=20/hour", "logging.level.root=off");
	}

	@AfterAll
	static void stop() throws IOException {
		application.close();
		redis.stop();
	}

	@Test
	void handlersThatBlockRunSideBySide() {
		Caller caller = application.caller().asNewcomer();
		List<CompletableFuture<Integer>> answers = IntStream.range(0, 2)
			.mapToObj((number) -> caller.getAsync("/meeting").thenApply((response) -> response.statusCode()))
			.toList();
		assertThat(answers).extracting(CompletableFuture::join).containsExactly(200, 200);
	}

	@Test
	void handlerDoesNotRunOnTheThreadOfTheDriver() {
		assertThat(application.caller().asNewcomer().get("/thread").body()).doesNotContain("lettuce");
	}

	@Test
	void throttleThatSleepsBlocksNoEventLoop() {
		Caller caller = application.caller().asNewcomer();
		for (int i = 0; i < 25; i++) {
			assertThat(caller.with("X-Slow", "1").get("/thread").statusCode()).isEqualTo((i < 20) ? 200 : 429);
		}
		assertThat(BlockedThreads.byLibrary()).isEmpty();
	}

	@Test
	void requestsAreAnsweredWhileRedisHangs() throws Exception {
		List<ProcessHandle> servers = ProcessHandle.current()
			.descendants()
			.filter((process) -> process.info().command().orElse("").contains("redis"))
			.toList();
		assertThat(servers).isNotEmpty();
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/thread").statusCode()).isEqualTo(200);
		signal(servers, "-STOP");
		try {
			List<CompletableFuture<Integer>> throttled = IntStream.range(0, 20)
				.mapToObj((number) -> caller.getAsync("/thread").thenApply((response) -> response.statusCode()))
				.toList();
			assertThat(application.caller().get("/unthrottled").statusCode()).isEqualTo(200);
			assertThat(throttled).allSatisfy((answer) -> assertThat(answer.get(5, TimeUnit.SECONDS)).isIn(200, 429));
			assertThat(throttled).extracting(CompletableFuture::join).contains(200);
		}
		finally {
			signal(servers, "-CONT");
		}
	}

	private static void signal(List<ProcessHandle> servers, String signal) throws Exception {
		for (ProcessHandle server : servers) {
			new ProcessBuilder("kill", signal, Long.toString(server.pid())).inheritIO().start().waitFor();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		BaseThrottle slow() {
			return (request) -> {
				if (request.header("X-Slow") != null) {
					try {
						Thread.sleep(1);
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
				}
				return Verdict.allow();
			};
		}

	}

	@RestController
	static class Handlers {

		private final CyclicBarrier meeting = new CyclicBarrier(2);

		@GetMapping("/meeting")
		String meet() throws Exception {
			this.meeting.await(10, TimeUnit.SECONDS);
			return "met";
		}

		@GetMapping("/thread")
		String thread() {
			return Thread.currentThread().getName();
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		String unthrottled() {
			return "unthrottled";
		}

	}

}
