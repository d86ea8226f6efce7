package dev.throttle.http;

import java.net.http.HttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every answer to a denied request has.
 */
final class DenialAssertions {

	private DenialAssertions() {
	}

	static void assertProblem(HttpResponse<String> response, int status, String retryAfter) {
		assertDenied(response, status, retryAfter);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
		assertThat(response.body()).startsWith("{\"type\":").contains("\"status\":" + status);
	}

	static void assertDenied(HttpResponse<String> response, int status, String retryAfter) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().allValues("Retry-After")).containsExactly(retryAfter);
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

}
