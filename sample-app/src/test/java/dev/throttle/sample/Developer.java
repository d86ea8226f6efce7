package dev.throttle.sample;

import java.net.http.HttpResponse;

import com.jayway.jsonpath.JsonPath;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A developer who has signed up.
 */
public record Developer(Visitor visitor, String username, String password, String apiKey) {

	/**
	 * Sign a developer up.
	 */
	public static Developer signUp(Visitor visitor, String username) {
		String password = "the password of " + username;
		HttpResponse<String> answer = visitor.send("POST", "/users/signup",
				"{\"username\":\"%s\",\"email\":\"%s@example.org\",\"password\":\"%s\"}".formatted(username, username,
						password));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
		return new Developer(visitor, username, password, JsonPath.read(answer.body(), "$.apiKey"));
	}

	/**
	 * Return the visitor with the API key.
	 */
	public Visitor withApiKey() {
		return this.visitor.with("X-API-Key", this.apiKey);
	}

	public HttpResponse<String> login() {
		return login(this.visitor, this.username, this.password);
	}

	public static HttpResponse<String> login(Visitor visitor, String username, String password) {
		return visitor.send("POST", "/users/login",
				"{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password));
	}

	/**
	 * Log in, and return the visitor with the access token.
	 */
	public Visitor withAccessToken() {
		HttpResponse<String> answer = login();
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return this.visitor.with("Authorization", "Bearer " + JsonPath.read(answer.body(), "$.accessToken"));
	}

	/**
	 * Return the same developer with another key.
	 */
	public Developer withNewApiKey() {
		HttpResponse<String> answer = withAccessToken().send("PUT", "/users/api-key");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return new Developer(this.visitor, this.username, this.password, JsonPath.read(answer.body(), "$.apiKey"));
	}

}
