package dev.throttle.sample;

import java.io.IOException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with the profile {@code redis}.
 */
@Tag("integration")
class RedisProfileTests {

	@Test
	void instancesShareTheirCounts() throws IOException {
		RedisServer redis = RedisServers.start();
		try (Sample one = start(redis); Sample other = start(redis)) {
			assertThat(one.visitor().statuses("/articles", 3)).containsExactly(200, 200, 200);
			assertThat(other.visitor().statuses("/articles", 3)).containsExactly(200, 200, 429);
			Developer ada = Developer.signUp(one.visitor(), "ada");
			assertThat(ada.withApiKey().statuses("/books", 6)).containsExactly(200, 200, 200, 200, 200, 429);
			assertThat(one.visitor().get("/actuator/prometheus").body())
				.contains("throttle_backend_seconds_count{backend=\"cacheBackend\",result=\"failed\"} 0");
		}
		finally {
			redis.stop();
		}
	}

	private static Sample start(RedisServer redis) {
		return Sample.startInRealTime("--spring.profiles.active=redis",
				"--spring.data.redis.port=" + redis.ports().get(0), "--throttle.client.hash-secret=of the tests",
				"--throttle.redis.timeout=5s");
	}

}
