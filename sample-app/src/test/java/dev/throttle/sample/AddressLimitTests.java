package dev.throttle.sample;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The limit of an address, which applies before passwords are checked.
 */
@Tag("integration")
class AddressLimitTests {

	private static Sample sample;

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.client.num-proxies=1", "--throttle.rates.login=unlimited",
				"--throttle.rates.login-address=unlimited");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void guessingPasswordsOfHttpBasicEndsInDenials() {
		Visitor visitor = visitor("203.0.113.1");
		List<Integer> statuses = IntStream.range(0, 1000)
			.mapToObj((guess) -> visitor.as("alice", "guess-" + guess).get("/articles").statusCode())
			.toList();
		assertThat(statuses.subList(0, 600)).containsOnly(401);
		assertThat(statuses.subList(600, 1000)).containsOnly(429);
		HttpResponse<String> denied = visitor.as("alice", "alice").get("/articles");
		assertThat(denied.statusCode()).as("the right password").isEqualTo(429);
		assertThat(denied.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(denied.body()).contains("\"violated-policies\":[\"address\"]");
		assertThat(denied.headers().firstValue("X-RateLimit-Limit")).isEmpty();
	}

	@Test
	void scanningPathsEndsInDenials() {
		Visitor visitor = visitor("203.0.113.2");
		List<Integer> statuses = IntStream.range(0, 650)
			.mapToObj((guess) -> visitor.get("/guess-" + guess).statusCode())
			.toList();
		assertThat(statuses.subList(0, 600)).containsOnly(404);
		assertThat(statuses.subList(600, 650)).containsOnly(429);
		assertThat(visitor.get("/actuator/health").statusCode()).as("excluded").isEqualTo(200);
	}

	private static Visitor visitor(String address) {
		return sample.visitor().with("X-Forwarded-For", address);
	}

}
