package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients of plans at two instances that share a Redis.
 */
class PlanRedisTests {

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
	void instancesCountClientsOfPlansTogether() {
		try (RunningApplication one = start(); RunningApplication other = start()) {
			assertThat(admitted(one.caller().as("paula"), 4)).isEqualTo(4);
			assertThat(admitted(other.caller().as("paula"), 4)).isEqualTo(1);
			assertThat(admitted(one.caller().as("fred"), 1)).isEqualTo(1);
			assertThat(admitted(other.caller().as("fred"), 4)).isEqualTo(1);
			assertThat(admitted(one.caller().as("ulla"), 10) + admitted(other.caller().as("ulla"), 10)).isEqualTo(20);
		}
	}

	@Test
	void userWhoChangesPlanKeepsWhatIsUsedAtAllInstances() {
		try (RunningApplication one = start(); RunningApplication other = start()) {
			one.bean(PlanTests.Plans.class).of("carol", "free");
			other.bean(PlanTests.Plans.class).of("carol", "pro");
			assertThat(admitted(one.caller().as("carol"), 4)).isEqualTo(2);
			HttpResponse<String> upgraded = other.caller().as("carol").get("/plain");
			assertThat(upgraded.headers().allValues("X-RateLimit-Limit")).containsExactly("5");
			assertThat(upgraded.headers().allValues("X-RateLimit-Remaining")).containsExactly("2");
			assertThat(admitted(other.caller().as("carol"), 4)).isEqualTo(2);
			assertThat(admitted(one.caller().as("carol"), 1)).isZero();
		}
	}

	private static long admitted(Caller caller, int requests) {
		long admitted = 0;
		for (int i = 0; i < requests; i++) {
			admitted += (caller.get("/plain").statusCode() == 200) ? 1 : 0;
		}
		return admitted;
	}

	private static RunningApplication start() {
		return RunningApplication.start(Application.class, "spring.application.name=plans", "throttle.rates.user=3/hour",
				"throttle.plans.free.rates.user=2/hour", "throttle.plans.free.clients=user:fred",
				"throttle.plans.pro.rates.user=5/hour", "throttle.plans.pro.clients=user:paula",
				"throttle.plans.unlimited.rates.user=unlimited", "throttle.plans.unlimited.clients=user:ulla",
				"spring.profiles.active=redis", "throttle.backend=redis", "throttle.redis.timeout=10s",
				"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(PlanTests.Subscriptions.class)
	static class Application {

	}

}
