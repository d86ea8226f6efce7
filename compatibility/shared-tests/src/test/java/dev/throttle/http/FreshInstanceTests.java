package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that were started a moment ago, each in a JVM of its own, as in a rolling
 * deployment: the first requests find classes that nobody has loaded yet.
 */
class FreshInstanceTests {

	/** How often fresh instances are started and asked. */
	private static final int ROUNDS = Integer.getInteger("fresh.instances", 1);

	private static final int INSTANCES = 3;

	private static final int REQUESTS = 600;

	private static RedisServer redis;

	private static int redisPort;

	@BeforeAll
	static void startRedis() throws IOException {
		redisPort = freePort();
		redis = RedisServer.newRedisServer().port(redisPort).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
	}

	@AfterAll
	static void stopRedis() throws IOException {
		redis.stop();
	}

	@Test
	void freshInstancesAdmitExactlyTheLimitTogether(@TempDir Path logs) throws IOException {
		for (int round = 0; round < ROUNDS; round++) {
			List<Process> instances = new ArrayList<>();
			try {
				List<Integer> ports = new ArrayList<>();
				for (int i = 0; i < INSTANCES; i++) {
					ports.add(freePort());
					instances.add(start(ports.get(i), "round-" + round, logs.resolve(round + "-" + i)));
				}
				await().atMost(Duration.ofMinutes(3)).until(() -> ports.stream().allMatch(FreshInstanceTests::isOpen));
				List<Integer> statuses = ask(ports);
				assertThat(statuses).as("round %d", round).filteredOn((status) -> status == 200).hasSize(5);
				assertThat(statuses).filteredOn((status) -> status == 429).hasSize(REQUESTS - 5);
			}
			finally {
				instances.forEach(Process::destroyForcibly);
			}
		}
	}

	/**
	 * Send all requests at once, to each instance in turn.
	 */
	private static List<Integer> ask(List<Integer> ports) {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
		for (int i = 0; i < REQUESTS; i++) {
			URI uri = URI.create("http://127.0.0.1:" + ports.get(i % ports.size()) + "/articles");
			answers.add(client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()));
		}
		return answers.stream().map((answer) -> answer.join().statusCode()).toList();
	}

	private static Process start(int port, String prefix, Path log) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				Application.class.getName(), "--server.port=" + port, "--spring.profiles.active=redis",
				"--throttle.backend=redis", "--spring.data.redis.host=127.0.0.1",
				"--spring.data.redis.port=" + redisPort, "--throttle.rates.user=5/hour",
				"--logging.level.dev.throttle.denials=off", "--throttle.redis.key-prefix=" + prefix)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
	}

	private static boolean isOpen(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ArticleController.class)
	static class Application {

		public static void main(String[] args) {
			SpringApplication.run(Application.class, args);
		}

	}

	@RestController
	static class ArticleController {

		@GetMapping("/articles")
		String articles() {
			return "articles";
		}

	}

}
