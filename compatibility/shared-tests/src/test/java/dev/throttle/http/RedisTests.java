package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.backend.CacheBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several applications that count in one Redis, as {@code spring-boot-starter-data-redis}
 * and {@code throttle.backend} make them.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisTests {

	private static final int APPLICATIONS = 3;

	private static final int CLIENTS = 64;

	private static final int REQUESTS_PER_CLIENT = 20;

	private static final int LIMIT = 1000;

	private static RedisServer redis;

	private static int port;

	@BeforeAll
	static void startRedis() throws IOException {
		port = freePort();
		redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
	}

	@AfterAll
	static void stopRedis() throws IOException {
		redis.stop();
	}

	@Test
	void applicationsAdmitExactlyTheLimitTogether() throws Exception {
		List<RunningApplication> applications = new ArrayList<>();
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		try {
			for (int i = 0; i < APPLICATIONS; i++) {
				applications.add(start(port, "throttle.redis.timeout=20s", "throttle.on-failure=deny",
						"throttle.rates.user=" + LIMIT + "/day"));
			}
			CountDownLatch start = new CountDownLatch(1);
			List<Future<List<Integer>>> answers = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				answers.add(clients.submit(requests(applications, start, i)));
			}
			start.countDown();
			List<Integer> statuses = new ArrayList<>();
			for (Future<List<Integer>> answer : answers) {
				statuses.addAll(answer.get());
			}
			assertThat(statuses).filteredOn((status) -> status == 200).hasSize(LIMIT);
			assertThat(statuses).filteredOn((status) -> status == 429).hasSize(CLIENTS * REQUESTS_PER_CLIENT - LIMIT);
		}
		finally {
			clients.shutdownNow();
			applications.forEach(RunningApplication::close);
		}
	}

	private static Callable<List<Integer>> requests(List<RunningApplication> applications, CountDownLatch start,
			int client) {
		return () -> {
			start.await();
			List<Integer> statuses = new ArrayList<>();
			for (int i = 0; i < REQUESTS_PER_CLIENT; i++) {
				RunningApplication application = applications.get((client + i) % applications.size());
				statuses.add(application.caller().as("everybody").get("/articles").statusCode());
			}
			return statuses;
		};
	}

	@Test
	void oneLineSaysThatRedisCounts(CapturedOutput output) {
		try (RunningApplication application = start(port, "throttle.rates.user=5/day", "logging.level.dev=info")) {
			assertThat(application.bean(CacheBackend.class).isShared()).isTrue();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("; backend: "))).singleElement()
			.asString()
			.endsWith("; backend: Redis (127.0.0.1:" + port + ")");
	}

	@Test
	void applicationStartsAndAnswersWhileRedisIsDown() throws IOException {
		try (RunningApplication application = start(freePort(), "throttle.rates.user=1/day",
				"logging.level.root=off")) {
			Caller caller = application.caller().asNewcomer();
			assertThat(caller.get("/articles").statusCode()).isEqualTo(200);
			assertThat(caller.get("/articles").statusCode()).isEqualTo(429);
		}
		try (RunningApplication application = start(freePort(), "throttle.rates.user=1/day",
				"throttle.scopes.user.on-failure=deny", "logging.level.root=off")) {
			assertThat(application.caller().asNewcomer().get("/articles").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void throttlingIsConfiguredAfterTheConnectionsOfThisLine() {
		AutoConfiguration configuration = AnnotatedElementUtils.findMergedAnnotation(ThrottleAutoConfiguration.class,
				AutoConfiguration.class);
		assertThat(configuration).isNotNull();
		assertThat(Stream.of(configuration.afterName()).filter((name) -> ClassUtils.isPresent(name, null))).hasSize(1);
	}

	private static RunningApplication start(int port, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("spring.profiles.active=redis", "throttle.backend=redis", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + port));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, ArticleController.class })
	static class Application {

	}

	@RestController
	static class ArticleController {

		@GetMapping("/articles")
		String articles() {
			return "articles";
		}

	}

}
