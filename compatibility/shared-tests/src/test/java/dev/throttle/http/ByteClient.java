package dev.throttle.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A user of an application that counts bytes, who asks it how many it has counted.
 */
final class ByteClient {

	private static final HttpClient HTTP_1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static final HttpClient HTTP_2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

	private static final Pattern USED = Pattern.compile("\"used\":(\\d+)");

	private final int port;

	private final Caller caller;

	private final HttpClient http;

	ByteClient(RunningApplication application) {
		this(application.port("local.server.port"), application.caller().asNewcomer(), HTTP_1);
	}

	private ByteClient(int port, Caller caller, HttpClient http) {
		this.port = port;
		this.caller = caller;
		this.http = http;
	}

	/**
	 * Return the same user, who speaks HTTP/2 from the second request of a connection on.
	 */
	ByteClient overHttp2() {
		return new ByteClient(this.port, this.caller, HTTP_2);
	}

	HttpResponse<byte[]> get(String path, String... headers) {
		return send("GET", path, BodyPublishers.noBody(), headers);
	}

	HttpResponse<byte[]> post(String path, byte[] body, String... headers) {
		return send("POST", path, BodyPublishers.ofByteArray(body), headers);
	}

	/**
	 * Send a body without saying how long it is.
	 */
	HttpResponse<byte[]> postChunked(String path, byte[] body, String... headers) {
		return send("POST", path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), headers);
	}

	HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(30))
			.header(Caller.USER, this.caller.user())
			.method(method, body);
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return this.http.send(request.build(), BodyHandlers.ofByteArray());
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
	 * Open a connection and send the beginning of a request.
	 */
	Socket begin(String requestLine, String header, byte[] body) throws IOException {
		Socket socket = new Socket("127.0.0.1", this.port);
		socket.setSoTimeout(20_000);
		socket.getOutputStream()
			.write((requestLine + " HTTP/1.1\r\nHost: localhost\r\n" + Caller.USER + ": " + this.caller.user() + "\r\n"
					+ header + "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		socket.getOutputStream().write(body);
		socket.getOutputStream().flush();
		return socket;
	}

	long used(String scope) {
		String shown = this.caller.get("/actuator/throttles/" + scope + "?client=user:" + this.caller.user()).body();
		Matcher used = USED.matcher(shown);
		assertThat(used.find()).as(shown).isTrue();
		return Long.parseLong(used.group(1));
	}

	/**
	 * Assert how many bytes are counted once the request is settled.
	 */
	void assertUsed(String scope, long bytes) {
		await().untilAsserted(() -> assertThat(used(scope)).isEqualTo(bytes));
	}

}
