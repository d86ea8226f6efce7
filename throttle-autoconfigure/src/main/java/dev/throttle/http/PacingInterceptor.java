package dev.throttle.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.throttle.limiter.Acquisition;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Lets the requests of a {@code RestClient} or {@code RestTemplate} wait until the limit
 * of their host has room, or fail with an {@link OutgoingLimitException}. The calling
 * thread waits.
 *
 * @since 1.0.0
 */
public final class PacingInterceptor implements ClientHttpRequestInterceptor {

	private final OutgoingLimits limits;

	/**
	 * Create an interceptor.
	 * @param limits the limits by host
	 */
	public PacingInterceptor(OutgoingLimits limits) {
		this.limits = limits;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		Pacer pacer = this.limits.find(request.getURI());
		if (pacer == null) {
			return execution.execute(request, body);
		}
		PacedCall call = new PacedCall(pacer, await(pacer.acquire()));
		try {
			ClientHttpResponse response = execution.execute(request, body);
			call.answered(response.getStatusCode().value(), response.getHeaders());
			return response;
		}
		finally {
			call.over();
		}
	}

	private static Acquisition await(CompletableFuture<Acquisition> permit) throws InterruptedIOException {
		try {
			return permit.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof OutgoingLimitException refused) {
				refused.fillInStackTrace();
				throw refused;
			}
			throw new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			permit.cancel(false);
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting to send a request");
		}
	}

}
