package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A server that refuses its first requests, and then answers {@code passed}.
 */
final class RefusingServer implements AutoCloseable {

	private final List<String> received = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	private final int refusals;

	private final int status;

	private final String retryAfter;

	private RefusingServer(int refusals, int status, String retryAfter) {
		this.refusals = refusals;
		this.status = status;
		this.retryAfter = retryAfter;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	/**
	 * Start a server.
	 * @param refusals the number of requests to refuse
	 * @param status the status of these answers
	 * @param retryAfter their header {@code Retry-After}
	 */
	static RefusingServer start(int refusals, int status, String retryAfter) {
		return new RefusingServer(refusals, status, retryAfter);
	}

	private void answer(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		this.received.add((exchange.getRequestMethod() + " " + body).trim());
		boolean refused = this.received.size() <= this.refusals;
		if (refused) {
			exchange.getResponseHeaders().set("Retry-After", this.retryAfter);
		}
		byte[] answer = (refused ? "refused" : "passed").getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(refused ? this.status : 200, answer.length);
		exchange.getResponseBody().write(answer);
		exchange.close();
	}

	String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/";
	}

	/**
	 * Return the methods of the requests so far, each with its body.
	 */
	List<String> received() {
		return this.received;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
