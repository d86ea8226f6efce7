package dev.throttle.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Sends refused requests of a {@code RestClient} or {@code RestTemplate} again. The
 * calling thread sleeps until then. Add it last: in Spring Framework 6, an interceptor
 * behind it sees only the first request of a call.
 *
 * @since 1.0.0
 */
public final class RetryAfterInterceptor implements ClientHttpRequestInterceptor {

	private final RetryRules rules;

	/**
	 * Create an interceptor.
	 * @param rules when a request may be sent again
	 */
	public RetryAfterInterceptor(RetryRules rules) {
		this.rules = rules;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		RetryRules.Call call = this.rules.begin(request.getMethod(), request.getURI(), request.getHeaders(), true);
		ClientHttpResponse response = execution.execute(request, body);
		if (call == null) {
			return response;
		}
		for (Duration wait = wait(call, response); wait != null; wait = wait(call, response)) {
			response.close();
			sleep(wait, call);
			response = execution.execute(request, body);
		}
		return response;
	}

	private static @Nullable Duration wait(RetryRules.Call call, ClientHttpResponse response) throws IOException {
		return call.waitAfter(response.getStatusCode().value(), response.getHeaders());
	}

	private static void sleep(Duration wait, RetryRules.Call call) throws InterruptedIOException {
		try {
			Thread.sleep(wait.plusNanos(999_999).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			call.abandoned();
			throw new InterruptedIOException("Interrupted while waiting to send a request again");
		}
	}

}
