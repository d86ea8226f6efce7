package dev.throttle.sample;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever goes wrong, the answer is a problem (RFC 9457) and tells nothing of the code.
 */
@Tag("integration")
class ProblemTests {

	private static Sample sample;

	private static Developer ada;

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.rates.signup=1000/min", "--throttle.rates.login=1000/min",
				"--throttle.rates.api_key=1000/min", "--throttle.rates.anon=1000/min");
		ada = Developer.signUp(sample.visitor(), "ada");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void badJson() {
		for (String json : new String[] { "", "{", "[]", "{\"title\":{}}", "null", "{\"title\":\"\\ud800" }) {
			assertProblem(ada.withApiKey().send("POST", "/books", json), 400);
		}
		assertProblem(sample.visitor().send("POST", "/users/login", "{\"username\":\"ada\"}"), 400);
		assertProblem(sample.visitor().send("POST", "/users/login/refresh", "{}"), 400);
	}

	@Test
	void fieldsThatAreWrong() {
		assertProblem(ada.withApiKey().send("POST", "/books", "{\"title\":\" \"}"), 400);
		assertProblem(ada.withApiKey().send("POST", "/books", "{\"title\":\"" + "a".repeat(201) + "\"}"), 400);
	}

	@Test
	void mediaTypes() {
		assertProblem(ada.withApiKey()
			.with("Content-Type", "text/plain")
			.send("POST", "/books", BodyPublishers.ofString("x")), 415);
		assertProblem(ada.withApiKey().with("Accept", "image/png").get("/books"), 406);
	}

	@Test
	void pathsAndMethodsThatThereAreNot() {
		assertProblem(sample.visitor().get("/nowhere"), 404);
		assertProblem(sample.visitor().with("Accept", "text/html").get("/nowhere"), 404);
		assertProblem(sample.visitor().get("/error"), 404);
		assertProblem(sample.visitor().get("/contacts/x"), 400);
		assertProblem(ada.withApiKey().send("DELETE", "/books"), 405);
		assertProblem(ada.withApiKey().get("/books/1"), 404);
	}

	@Test
	void whoIsNotKnownOrMayNot() {
		assertProblem(sample.visitor().get("/books"), 400);
		assertProblem(sample.visitor().with("X-API-Key", "x").get("/books"), 401);
		assertProblem(sample.visitor().get("/users/api-key"), 401);
		assertProblem(sample.visitor().get("/users/nowhere"), 401);
		assertProblem(sample.visitor().with("Authorization", "Bearer x").get("/users/api-key"), 401);
		assertProblem(sample.visitor().as("alice", "wrong").get("/articles"), 401);
		assertProblem(sample.visitor().with("Authorization", "Basic !").get("/articles"), 401);
		assertProblem(Developer.login(sample.visitor(), "ada", "wrong"), 401);
		assertProblem(Developer.login(sample.visitor(), "nobody", "wrong"), 401);
		assertThat(Developer.login(sample.visitor(), "ada", "wrong").body())
			.as("does not tell whether there is such a user")
			.isEqualTo(Developer.login(sample.visitor(), "nobody", "wrong").body());
		assertProblem(sample.visitor().as("alice", "alice").get("/actuator/env"), 403);
	}

	@Test
	void whatTheFirewallRejects() {
		assertProblem(sample.visitor().get("/articles;a=b"), 400);
		assertProblem(sample.visitor().get("/articles%2F"), 400);
	}

	@Test
	void nameThatIsTaken() {
		assertProblem(sample.visitor()
			.send("POST", "/users/signup",
					"{\"username\":\"ADA\",\"email\":\"a@example.org\",\"password\":\"long enough\"}"),
				409);
	}

	private static void assertProblem(HttpResponse<String> answer, int status) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		assertThat(answer.headers().firstValue("Content-Type")).as(answer.body()).hasValue("application/problem+json");
		assertThat(JsonPath.<Integer>read(answer.body(), "$.status")).isEqualTo(status);
		assertThat(answer.body()).doesNotContain("Exception", "\tat ", "org.springframework", "dev.throttle", "trace");
	}

}
