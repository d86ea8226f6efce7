package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A server that records when each request arrives, and answers {@code passed}.
 */
final class RecordingServer implements AutoCloseable {

	private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newFixedThreadPool(16);

	private final HttpServer server;

	private RecordingServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.threads);
		this.server.start();
	}

	static RecordingServer start() {
		try {
			return new RecordingServer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.arrivals.add(new Arrival(exchange.getRequestURI().getPath(), System.nanoTime()));
		exchange.getRequestBody().readAllBytes();
		byte[] answer = "passed".getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(200, answer.length);
		exchange.getResponseBody().write(answer);
		exchange.close();
	}

	String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * Return the requests so far.
	 */
	List<Arrival> arrivals() {
		return List.copyOf(this.arrivals);
	}

	/**
	 * Return the most requests that arrived in any span of a length.
	 */
	static int most(List<Arrival> arrivals, long spanNanos) {
		long[] times = arrivals.stream().mapToLong(Arrival::nanos).sorted().toArray();
		int most = 0;
		int first = 0;
		for (int last = 0; last < times.length; last++) {
			while (times[last] - times[first] >= spanNanos) {
				first++;
			}
			most = Math.max(most, last - first + 1);
		}
		return most;
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * A request.
	 *
	 * @param path its path
	 * @param nanos when it arrived, by {@link System#nanoTime()}
	 */
	record Arrival(String path, long nanos) {
	}

}
