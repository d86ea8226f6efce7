package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators see and change where several applications count in one Redis.
 */
class EndpointRedisTests {

	private static final String ENDPOINT = "/actuator/throttles/user";

	@Test
	void rateThatIsSetInOneApplicationIsInForceInTheOtherUntilItEnds() throws IOException {
		int port = freePort();
		RedisServer redis = redis(port);
		try (RunningApplication one = start(port); RunningApplication other = start(port)) {
			Caller user = other.caller().asNewcomer();
			assertThat(user.get("/plain").headers().firstValue("X-RateLimit-Limit")).hasValue("2");
			assertThat(one.caller().post(ENDPOINT, "{\"rate\":\"40/min\",\"duration\":\"1h\"}").statusCode())
				.isEqualTo(200);
			await().atMost(Duration.ofSeconds(2)).until(() -> limit(user) == 40);
			assertThat(rate(other).get("configured").asText()).isEqualTo("2/min");
			assertThat(rate(one).get("until").asText()).isEqualTo(rate(other).get("until").asText());
			assertThat(one.caller().post(ENDPOINT, "{\"rate\":\"50/min\",\"duration\":\"4s\"}").statusCode())
				.isEqualTo(200);
			await().atMost(Duration.ofSeconds(2)).until(() -> limit(user) == 50);
			await().atMost(Duration.ofSeconds(6)).until(() -> limit(user) == 2);
			await().atMost(Duration.ofSeconds(2)).until(() -> !rate(one).has("configured"));
			assertThat(one.caller().post(ENDPOINT, "{\"rate\":\"60/min\"}").statusCode()).isEqualTo(200);
			await().atMost(Duration.ofSeconds(2)).until(() -> limit(user) == 60);
			assertThat(other.caller().post(ENDPOINT, "{\"rate\":\"configured\"}").statusCode()).isEqualTo(200);
			await().atMost(Duration.ofSeconds(2)).until(() -> !rate(one).has("configured"));
		}
		finally {
			redis.stop();
		}
	}

	@Test
	void resetUndoesAKnownDenialAtOnce() throws IOException {
		int port = freePort();
		RedisServer redis = redis(port);
		try (RunningApplication one = start(port, "throttle.redis.known-denials=1h")) {
			Caller user = one.caller().asNewcomer();
			for (int i = 0; i < 5; i++) {
				assertThat(user.get("/plain").statusCode()).isEqualTo((i < 2) ? 200 : 429);
			}
			assertThat(one.caller().send("DELETE", ENDPOINT + "?client=user:" + user.user()).statusCode())
				.isEqualTo(200);
			assertThat(user.get("/plain").statusCode()).isEqualTo(200);
		}
		finally {
			redis.stop();
		}
	}

	@Test
	void applicationIsUpWhileRedisIsAwayAndSaysWhoCounts() throws IOException {
		int port = freePort();
		RedisServer redis = redis(port);
		try (RunningApplication one = start(port)) {
			Caller user = one.caller().asNewcomer();
			user.get("/plain");
			assertThat(health(one).at("/components/throttle/details/counting").asText()).isEqualTo("shared");
			assertThat(one.caller().post(ENDPOINT, "{\"rate\":\"50/min\"}").statusCode()).isEqualTo(200);
			redis.stop();
			await().atMost(Duration.ofSeconds(5))
				.until(() -> health(one).at("/components/throttle/details/counting").asText().equals("on-failure"));
			assertThat(health(one).get("status").asText()).isEqualTo("UP");
			assertThat(json(one, "/actuator/health/liveness").get("status").asText()).isEqualTo("UP");
			assertThat(json(one, "/actuator/health/readiness").get("status").asText()).isEqualTo("UP");
			assertThat(limit(user)).isEqualTo(50);
			assertThat(one.caller().post(ENDPOINT, "{\"rate\":\"9/min\"}").statusCode()).isEqualTo(503);
			assertThat(one.caller().send("DELETE", ENDPOINT + "?client=user:" + user.user()).statusCode())
				.isEqualTo(503);
			assertThat(json(one, ENDPOINT + "?client=user:" + user.user()).at("/clients/0/countedBy").asText())
				.isEqualTo("local");
			assertThat(limit(user)).isEqualTo(50);
		}
	}

	private static long limit(Caller user) {
		return user.get("/plain").headers().firstValueAsLong("X-RateLimit-Limit").orElse(-1);
	}

	private static JsonNode rate(RunningApplication application) {
		return json(application, ENDPOINT).get("rate");
	}

	private static JsonNode health(RunningApplication application) {
		return json(application, "/actuator/health");
	}

	private static JsonNode json(RunningApplication application, String path) {
		try {
			return new ObjectMapper().readTree(application.caller().get(path).body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static RedisServer redis(int port) throws IOException {
		RedisServer redis = RedisServer.newRedisServer()
			.port(port)
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.build();
		redis.start();
		return redis;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static RunningApplication start(int port, String... properties) {
		List<String> all = new ArrayList<>(List.of("throttle.rates.user=2/min", "spring.profiles.active=redis",
				"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port, "throttle.backend=redis",
				"throttle.redis.timeout=1s", "management.endpoints.web.exposure.include=throttles,health",
				"logging.level.root=off", "management.endpoint.throttles.access=unrestricted",
				"management.endpoint.health.show-details=always", "management.endpoint.health.probes.enabled=true",
				"management.health.redis.enabled=false"));
		all.addAll(List.of(properties));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
