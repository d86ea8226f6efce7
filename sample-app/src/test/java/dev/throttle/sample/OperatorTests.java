package dev.throttle.sample;

import java.net.http.HttpResponse;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The throttles as the operator sees and changes them, and nobody else.
 */
@Tag("integration")
class OperatorTests {

	private static final String DOWNLOADS = "/actuator/throttles/downloads";

	private static Sample sample;

	@BeforeAll
	static void start() {
		sample = Sample.start("--sample.operator.password=of the tests");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void operatorLooksUpAClientAndChangesNothing() {
		Visitor operator = sample.visitor().as("operator", "of the tests");
		sample.visitor().statuses("/downloads", 3);
		HttpResponse<String> use = operator.get(DOWNLOADS + "?client=address:127.0.0.1");
		assertThat(use.statusCode()).isEqualTo(200);
		assertThat(JsonPath.<Integer>read(use.body(), "$.clients[0].quotas[0].used")).isEqualTo(3);
		assertThat(operator.get("/actuator/throttles").body()).contains("downloads");
		assertThat(operator.send("POST", DOWNLOADS, "{\"rate\":\"50/min\"}").statusCode()).isEqualTo(405);
		assertThat(operator.send("DELETE", DOWNLOADS + "?client=address:127.0.0.1").statusCode()).isEqualTo(405);
	}

	@Test
	void operatorSeesHowManyBytesAClientHasUploaded() {
		assertThat(sample.visitor().as("alice", "alice").send("POST", "/uploads", "12345").statusCode()).isEqualTo(201);
		HttpResponse<String> use = sample.visitor()
			.as("operator", "of the tests")
			.get("/actuator/throttles/uploads-bytes?client=user:alice");
		assertThat(JsonPath.<Integer>read(use.body(), "$.clients[0].quotas[0].used")).isEqualTo(5);
	}

	@Test
	void operatorChangesARateWhereThatIsSwitchedOn() {
		try (Sample other = Sample.start("--sample.operator.password=of the tests",
				"--management.endpoint.throttles.access=unrestricted")) {
			Visitor operator = other.visitor().as("operator", "of the tests");
			assertThat(other.visitor().as("alice", "alice").statuses("/downloads", 5)).endsWith(200, 429);
			assertThat(other.visitor().send("POST", DOWNLOADS, "{\"rate\":\"50/min\"}").statusCode()).isEqualTo(401);
			assertThat(operator.send("POST", DOWNLOADS, "{\"rate\":\"50/min\",\"duration\":\"1h\"}").statusCode())
				.isEqualTo(200);
			assertThat(other.visitor().as("alice", "alice").get("/downloads").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void nobodyElseSeesThem() {
		Developer ada = Developer.signUp(sample.visitor(), "ada");
		for (String path : new String[] { "/actuator/throttles", DOWNLOADS, DOWNLOADS + "?client=user:alice" }) {
			assertThat(sample.visitor().get(path).statusCode()).isEqualTo(401);
			assertThat(sample.visitor().as("operator", "wrong").get(path).statusCode()).isEqualTo(401);
			assertThat(sample.visitor().as("alice", "alice").get(path).statusCode()).isEqualTo(403);
			assertThat(ada.withAccessToken().get(path).statusCode()).isEqualTo(403);
		}
	}

	@Test
	void thereIsNoOperatorWithoutAPasswordAndNoDeveloperOfThatName() {
		try (Sample other = Sample.start()) {
			assertThat(other.visitor().get(DOWNLOADS).statusCode()).isEqualTo(401);
			assertThat(other.visitor().as("operator", "").get(DOWNLOADS).statusCode()).isEqualTo(401);
			assertThat(other.visitor()
				.send("POST", "/users/signup",
						"{\"username\":\"Operator\",\"email\":\"o@example.org\",\"password\":\"correct horse\"}")
				.statusCode()).isEqualTo(409);
		}
	}

}
