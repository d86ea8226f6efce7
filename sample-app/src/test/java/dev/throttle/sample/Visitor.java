package dev.throttle.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sends requests to the sample. Immutable.
 */
public final class Visitor {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final int port;

	private final List<String> headers;

	private Visitor(int port, List<String> headers) {
		this.port = port;
		this.headers = headers;
	}

	public static Visitor of(int port) {
		return new Visitor(port, List.of());
	}

	public int port() {
		return this.port;
	}

	/**
	 * Return the same visitor of another instance.
	 */
	public Visitor at(int port) {
		return new Visitor(port, this.headers);
	}

	/**
	 * Return a visitor who authenticates.
	 */
	public Visitor as(String user, String password) {
		byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
		return with("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
	}

	/**
	 * Return a visitor who sends one more header.
	 */
	public Visitor with(String name, String value) {
		List<String> extended = new ArrayList<>(this.headers);
		extended.add(name);
		extended.add(value);
		return new Visitor(this.port, List.copyOf(extended));
	}

	public HttpResponse<String> get(String path) {
		return send("GET", path);
	}

	public HttpResponse<String> send(String method, String path) {
		return send(method, path, BodyPublishers.noBody());
	}

	/**
	 * Send a body of JSON.
	 */
	public HttpResponse<String> send(String method, String path, String json) {
		return with("Content-Type", "application/json").send(method, path, BodyPublishers.ofString(json));
	}

	public HttpResponse<String> send(String method, String path, BodyPublisher body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(60))
			.method(method, body);
		if (!this.headers.isEmpty()) {
			request.headers(this.headers.toArray(String[]::new));
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the statuses of that many requests, one after the other.
	 */
	public List<Integer> statuses(String path, int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> get(path).statusCode()).toList();
	}

}
