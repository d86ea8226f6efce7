package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that have one Redis: two of them, and two versions of one.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedRedisTests {

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
	void applicationsOfDifferentNamesDoNotChangeTheCountsOfEachOther(CapturedOutput output) {
		try (RunningApplication one = start("one", "anon=3/s");
				RunningApplication other = start("other", "anon=5/hour")) {
			assertThat(admitted(other, 4)).isEqualTo(4);
			await().pollDelay(Duration.ofMillis(1100)).until(() -> admitted(one, 4) == 3);
			assertThat(admitted(other, 5)).isEqualTo(1);
		}
		assertThat(output).doesNotContain("in another instance", "'spring.application.name'");
	}

	@Test
	void instancesOfOneApplicationCountTogether() {
		try (RunningApplication one = start("several", "anon=5/hour");
				RunningApplication other = start("several", "anon=5/hour")) {
			assertThat(admitted(one, 3)).isEqualTo(3);
			assertThat(admitted(other, 5)).isEqualTo(2);
		}
	}

	@Test
	void instancesOfOneApplicationSayThatTheirRatesDiffer(CapturedOutput output) {
		try (RunningApplication before = start("rolling", "anon=5/hour");
				RunningApplication after = start("rolling", "anon=3/min")) {
			await().atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output)
					.contains("The scope 'anon' has the rate '5/hour' here, but '3/min' in another instance")
					.contains("The scope 'anon' has the rate '3/min' here, but '5/hour' in another instance"));
			assertThat(admitted(before, 6)).isEqualTo(5);
			assertThat(admitted(after, 1)).isZero();
		}
	}

	private static long admitted(RunningApplication application, int requests) {
		long admitted = 0;
		for (int i = 0; i < requests; i++) {
			admitted += (application.caller().get("/plain").statusCode() == 200) ? 1 : 0;
		}
		return admitted;
	}

	private static RunningApplication start(String name, String rate) {
		return RunningApplication.start(Application.class, "spring.application.name=" + name, "throttle.rates." + rate,
				"spring.profiles.active=redis", "throttle.backend=redis", "throttle.redis.timeout=10s",
				"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
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
