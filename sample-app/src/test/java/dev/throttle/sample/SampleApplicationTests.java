package dev.throttle.sample;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as its users meet it, over HTTP.
 */
@Tag("integration")
class SampleApplicationTests {

	private static final Integer OK = 200;

	private static final Integer DENIED = 429;

	private static Sample proxied;

	@BeforeAll
	static void start() {
		proxied = Sample.start("--throttle.rates.anon=1/min", "--throttle.rates.user=2/min, 100/day",
				"--throttle.client.num-proxies=1");
	}

	@AfterAll
	static void close() {
		proxied.close();
	}

	@Test
	void anonymousRequestsAreCountedByAddress() {
		try (Sample sample = Sample.start("--throttle.rates.anon=3/min")) {
			Visitor anyone = sample.visitor();
			assertThat(anyone.statuses("/articles", 3)).containsOnly(OK);
			HttpResponse<String> denied = anyone.get("/articles");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
			assertThat(denied.headers().allValues("Cache-Control")).containsExactly("no-store");
			assertThat(denied.headers().allValues("X-RateLimit-Limit")).containsExactly("3");
			assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
			assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
			assertThat(denied.body())
				.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
						+ "\"title\":\"Too Many Requests\",\"status\":429,"
						+ "\"detail\":\"Request was throttled. Expected available in 60 seconds.\","
						+ "\"instance\":\"/articles\",\"violated-policies\":[\"anon\"]}");
			assertThat(anyone.with("X-Forwarded-For", "203.0.113.7").get("/articles").statusCode()).isEqualTo(429);
			assertThat(anyone.with("Forwarded", "for=203.0.113.7").get("/articles").statusCode()).isEqualTo(429);
			assertThat(anyone.statuses("/ping", 10)).as("never throttled").containsOnly(OK);
			assertThat(anyone.as("alice", "wrong").statuses("/articles", 3)).containsOnly(401);
			assertThat(anyone.as("alice", "alice").get("/articles").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void eachLimitCountsForItself() {
		try (Sample sample = Sample.start("--throttle.rates.anon=1000/min", "--throttle.rates.user=1000/min")) {
			Visitor anyone = sample.visitor();
			assertThat(anyone.statuses("/reports", 3)).containsExactly(OK, OK, DENIED);
			assertThat(anyone.get("/reports").headers().firstValue("Retry-After")).hasValue("30");
			assertThat(anyone.get("/reports").body()).contains("\"violated-policies\":[\"reports\"]");
			assertThat(anyone.get("/contacts").statusCode()).isEqualTo(200);
			assertThat(anyone.statuses("/contacts/1", 2)).containsOnly(OK);
			assertThat(anyone.get("/contacts/2").statusCode()).isEqualTo(200);
			assertThat(anyone.get("/contacts/3").statusCode()).isEqualTo(429);
			assertThat(anyone.get("/contacts").statusCode()).isEqualTo(429);
			assertThat(anyone.send("POST", "/uploads").statusCode()).isEqualTo(201);
			assertThat(anyone.statuses("/downloads", 5)).containsExactly(OK, OK, OK, OK, DENIED);
			assertThat(anyone.send("POST", "/uploads").statusCode()).isEqualTo(201);
			assertThat(anyone.as("alice", "alice").statuses("/reports", 3)).containsExactly(OK, OK, DENIED);
			Visitor acme = anyone.with("X-Tenant", "acme");
			assertThat(acme.statuses("/articles", 4)).containsExactly(OK, OK, OK, DENIED);
			assertThat(acme.get("/articles").body()).contains("\"violated-policies\":[\"tenant\"]");
			assertThat(acme.as("bob", "bob").get("/articles").statusCode()).isEqualTo(429);
			assertThat(anyone.with("X-Tenant", "other").get("/articles").statusCode()).isEqualTo(200);
			assertThat(anyone.get("/articles").statusCode()).isEqualTo(200);
			assertThat(anyone.as("bob", "bob").statuses("/downloads", 9)).hasSize(9)
				.endsWith(OK, DENIED)
				.containsOnlyOnce(DENIED);
		}
	}

	@Test
	void usersAreCountedByName() {
		Visitor alice = behindProxy("203.0.113.3").as("alice", "alice");
		Visitor bob = behindProxy("203.0.113.3").as("bob", "bob");
		assertThat(alice.statuses("/articles", 3)).containsExactly(OK, OK, DENIED);
		assertThat(bob.statuses("/articles", 3)).containsExactly(OK, OK, DENIED);
		assertThat(alice.get("/articles").body()).contains("\"violated-policies\":[\"user\"]");
		assertThat(behindProxy("203.0.113.3").get("/articles").statusCode()).isEqualTo(200);
	}

	@Test
	void wrongPasswordIsNotCounted() {
		Visitor anyone = behindProxy("203.0.113.4");
		assertThat(anyone.as("alice", "wrong").statuses("/articles", 4)).containsOnly(401);
		assertThat(anyone.get("/articles").statusCode()).isEqualTo(200);
		assertThat(anyone.get("/articles").statusCode()).isEqualTo(429);
		assertThat(anyone.as("alice", "wrong").get("/articles").statusCode()).isEqualTo(401);
	}

	@Test
	void addressThatTheProxyNamesIsBelievedWhereOneIsConfigured() {
		Visitor first = behindProxy("203.0.113.1");
		Visitor second = behindProxy("203.0.113.2");
		assertThat(first.statuses("/articles", 2)).containsExactly(OK, DENIED);
		assertThat(second.statuses("/articles", 2)).containsExactly(OK, DENIED);
		Visitor forging = behindProxy("198.51.100.1, 203.0.113.1");
		assertThat(forging.get("/articles").statusCode()).isEqualTo(429);
	}

	@Test
	void aliceAndBobCanBeLeftOut() {
		try (Sample sample = Sample.start("--sample.demo-users=false")) {
			assertThat(sample.visitor().as("alice", "alice").get("/articles").statusCode()).isEqualTo(401);
			assertThat(sample.visitor().as("bob", "bob").get("/articles").statusCode()).isEqualTo(401);
			assertThat(Developer.signUp(sample.visitor(), "alice").withApiKey().get("/books").statusCode())
				.as("the name is free")
				.isEqualTo(200);
		}
	}

	@Test
	void maintenanceDeniesWhatIsThrottled() {
		try (Sample sample = Sample.start("--sample.maintenance=true")) {
			HttpResponse<String> denied = sample.visitor().get("/articles");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().allValues("Retry-After")).containsExactly("60");
			assertThat(denied.body())
				.isEqualTo("{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
						+ "\"detail\":\"Request was throttled. Expected available in 60 seconds.\","
						+ "\"instance\":\"/articles\"}");
			assertThat(sample.visitor().as("alice", "alice").get("/contacts").statusCode()).isEqualTo(429);
			assertThat(sample.visitor().get("/ping").body()).isEqualTo("pong");
		}
	}

	/**
	 * Return a visitor whom the proxy names so, of a sample that tests share.
	 */
	private static Visitor behindProxy(String forwardedFor) {
		return proxied.visitor().with("X-Forwarded-For", forwardedFor);
	}

}
