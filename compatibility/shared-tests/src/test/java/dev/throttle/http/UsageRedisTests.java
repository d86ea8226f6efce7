package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.Throttle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients are told about their quotas in Redis.
 */
class UsageRedisTests {

	private static final Pattern SCRIPTS = Pattern.compile("cmdstat_evalsha:calls=(\\d+),");

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
	void allQuotasAreReadInOneCommandAndNothingIsUsedUp() throws IOException {
		try (RunningApplication application = start(port, "throttle.redis.timeout=10s")) {
			Caller caller = application.caller().asNewcomer();
			caller.get("/uploads");
			String before = caller.get("/rate-limit").body();
			assertThat(before).contains("\"policy\":\"user\"", "\"policy\":\"user-day\"",
					"\"policy\":\"uploads\"", "\"policy\":\"exports\"", "\"policy\":\"imports\"");
			long scripts = scripts();
			for (int i = 0; i < 50; i++) {
				assertThat(caller.get("/rate-limit").body()).isEqualTo(before);
			}
			assertThat(scripts() - scripts).as("one for each request, and a few of the backend's own")
				.isBetween(50L, 60L);
			assertThat(caller.remaining("/uploads")).isEqualTo(8);
		}
	}

	@Test
	void whileRedisIsAwayTheAnswerIsThatOfARequest() throws IOException {
		try (RunningApplication application = start(freePort(), "throttle.on-failure=deny",
				"logging.level.root=off")) {
			HttpResponse<String> response = application.caller().asNewcomer().get("/rate-limit");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.headers().firstValue("Retry-After")).isNotEmpty();
		}
		try (RunningApplication application = start(freePort(), "logging.level.root=off")) {
			Caller caller = application.caller().asNewcomer();
			caller.get("/uploads");
			assertThat(caller.get("/rate-limit").body()).contains("\"policy\":\"uploads\"", "\"used\":1");
		}
	}

	/**
	 * Return how many scripts the server has run.
	 */
	private static long scripts() throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write("INFO commandstats\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
			Matcher stats = SCRIPTS
				.matcher(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
			return stats.find() ? Long.parseLong(stats.group(1)) : 0;
		}
	}

	private static RunningApplication start(int port, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("spring.profiles.active=redis", "throttle.backend=redis", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + port, "throttle.usage.path=/rate-limit",
				"throttle.rates.user=60/min, 1000/day", "throttle.rates.uploads=10/hour",
				"throttle.rates.exports=1000/calendar-month", "throttle.rates.imports=5/min, 50/day"));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/exports")
		@Throttle(scope = "exports")
		String exports() {
			return "exports";
		}

		@GetMapping("/imports")
		@Throttle(scope = "imports")
		String imports() {
			return "imports";
		}

	}

}
