package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests to an application on this machine. Immutable.
 */
final class Caller {

	/** The header that {@code UserFilter} believes. */
	static final String USER = "X-Test-User";

	private static final HttpClient CLIENT = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(10))
		.build();

	private static final AtomicInteger newcomers = new AtomicInteger();

	private final int port;

	private final List<String> headers;

	private Caller(int port, List<String> headers) {
		this.port = port;
		this.headers = headers;
	}

	static Caller of(int port) {
		return new Caller(port, List.of());
	}

	/**
	 * Return a caller who is a user.
	 */
	Caller as(String user) {
		return with(USER, user);
	}

	/**
	 * Return a caller who is a user that has not called before.
	 */
	Caller asNewcomer() {
		return as("newcomer-" + newcomers.incrementAndGet());
	}

	String user() {
		return this.headers.get(this.headers.lastIndexOf(USER) + 1);
	}

	/**
	 * Return a caller who sends one more header line.
	 */
	Caller with(String name, String value) {
		List<String> extended = new ArrayList<>(this.headers);
		extended.add(name);
		extended.add(value);
		return new Caller(this.port, List.copyOf(extended));
	}

	HttpResponse<String> get(String path) {
		return send("GET", path);
	}

	HttpResponse<String> send(String method, String path) {
		return send(request(method, path, BodyPublishers.noBody()));
	}

	HttpResponse<String> post(String path, String json) {
		return with("Content-Type", "application/json").postBody(path, json);
	}

	private HttpResponse<String> postBody(String path, String body) {
		return send(request("POST", path, BodyPublishers.ofString(body)));
	}

	private static HttpResponse<String> send(HttpRequest request) {
		try {
			return CLIENT.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	CompletableFuture<HttpResponse<String>> getAsync(String path) {
		return CLIENT.sendAsync(request("GET", path, BodyPublishers.noBody()), BodyHandlers.ofString());
	}

	private HttpRequest request(String method, String path, HttpRequest.BodyPublisher body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(30))
			.method(method, body);
		if (!this.headers.isEmpty()) {
			request.headers(this.headers.toArray(String[]::new));
		}
		return request.build();
	}

	/**
	 * Return a connection on which bytes are sent as they are.
	 */
	RawConnection connect() {
		return RawConnection.to("127.0.0.1", this.port);
	}

	RawConnection connect(String host) {
		return RawConnection.to(host, this.port);
	}

	/**
	 * Return the permits that are left of the quota by which a handler that does nothing
	 * is counted, once this request is counted too.
	 */
	long remaining(String path) {
		return get(path).headers().firstValueAsLong("X-RateLimit-Remaining").orElse(-1);
	}

}
