package dev.throttle.benchmarks.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a server over connections that are kept alive, the next time as soon as it has
 * answered: with {@code wrk} where there is one, else from this process.
 */
final class HttpLoad {

	private static final int CONNECTIONS = 32;

	/** What a process takes at most that is not yet compiled. */
	private static final String TIMEOUT = "20s";

	private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");

	private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");

	private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

	private static final Pattern BROKEN = Pattern.compile("Socket errors: .*");

	private final boolean wrk = isWrkInstalled();

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static boolean isWrkInstalled() {
		try {
			new ProcessBuilder("wrk", "--version").redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	String name() {
		return this.wrk ? "wrk" : "a client in Java";
	}

	Answers run(String url, int seconds) throws Exception {
		return this.wrk ? runWrk(url, seconds) : runClient(URI.create(url), seconds);
	}

	private static Answers runWrk(String url, int seconds) throws IOException {
		Process process = new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--timeout",
				TIMEOUT, url)
			.redirectErrorStream(true)
			.start();
		String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (BROKEN.matcher(text).find() || number(REQUESTS, text) == 0) {
			throw new IOException("Requests failed: " + text);
		}
		return new Answers((long) number(REQUESTS, text), (long) number(REFUSED, text), number(RATE, text));
	}

	private static double number(Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
	}

	private Answers runClient(URI uri, int seconds) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
		try {
			long start = System.nanoTime();
			List<Future<long[]>> running = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				running.add(threads.submit(() -> ask(uri, start + TimeUnit.SECONDS.toNanos(seconds))));
			}
			long answered = 0;
			long refused = 0;
			for (Future<long[]> counts : running) {
				answered += counts.get()[0];
				refused += counts.get()[1];
			}
			return new Answers(answered, refused, answered * 1e9 / (System.nanoTime() - start));
		}
		finally {
			threads.shutdown();
		}
	}

	private long[] ask(URI uri, long end) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri).build();
		long answered = 0;
		long refused = 0;
		while (System.nanoTime() - end < 0) {
			HttpResponse<Void> response = this.client.send(request, HttpResponse.BodyHandlers.discarding());
			answered++;
			refused += (response.statusCode() == 200) ? 0 : 1;
		}
		return new long[] { answered, refused };
	}

	/**
	 * What came back.
	 *
	 * @param count the answers
	 * @param refused those with another status than 200
	 * @param perSecond the answers a second
	 */
	record Answers(long count, long refused, double perSecond) {

	}

}
