package dev.throttle.backend.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.throttle.test.store.FakeClock;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server, started as a process of its own: with the binary that the
 * environment variable {@code THROTTLE_TEST_REDIS_SERVER} names, else with the one that
 * comes with embedded-redis.
 */
final class RedisProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

	private static final String GIVEN = System.getenv("THROTTLE_TEST_REDIS_SERVER");

	private final int port;

	private final List<String> options;

	private final Map<String, String> environment;

	private final Path directory;

	private Process process;

	private RedisProcess(int port, List<String> options, Map<String, String> environment) throws IOException {
		this.port = port;
		this.options = options;
		this.environment = environment;
		this.directory = Files.createTempDirectory("throttle-redis");
		this.process = launch();
	}

	static RedisProcess start(String... options) {
		return start(freePort(), options);
	}

	static RedisProcess start(int port, String... options) {
		return start(port, Map.of(), options);
	}

	/**
	 * Start a server with a clock of its own. It is always the one that comes with
	 * embedded-redis: that of a distribution may not start under faketime.
	 */
	static RedisProcess start(FakeClock clock, String... options) {
		Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"),
				"The Redis that comes for this processor takes no other clock");
		return start(freePort(), clock.environment(), options);
	}

	private static RedisProcess start(int port, Map<String, String> environment, String... options) {
		Assumptions.assumeFalse(isTooOld(), "The Redis that comes for Windows is version 5");
		try {
			return new RedisProcess(port, List.of(options), environment);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return where the binary comes from.
	 */
	static String origin() {
		return isGiven() ? GIVEN + ", as THROTTLE_TEST_REDIS_SERVER says" : "the binary of embedded-redis";
	}

	static boolean isTooOld() {
		return !isGiven() && System.getProperty("os.name").startsWith("Windows");
	}

	private static boolean isGiven() {
		return GIVEN != null && !GIVEN.isBlank();
	}

	/**
	 * Return a free port, whose cluster bus port (10000 above) is free too.
	 */
	static int freePort() {
		for (int attempt = 0; attempt < 1000; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
			if (isFree(port) && isFree(port + 10_000)) {
				return port;
			}
		}
		throw new IllegalStateException("No port is free");
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress("127.0.0.1", port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Process launch() throws IOException {
		String binary = (isGiven() && this.environment.isEmpty()) ? GIVEN
				: ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
		List<String> command = new ArrayList<>(List.of(binary));
		if (this.options.contains("--sentinel")) {
			Path configuration = Files.createFile(this.directory.resolve(UUID.randomUUID() + ".conf"));
			command.addAll(List.of(configuration.toString(), "--port", Integer.toString(this.port), "--bind",
					"127.0.0.1", "--dir", this.directory.toString()));
		}
		else {
			command.addAll(List.of("--port", Integer.toString(this.port), "--bind", "127.0.0.1", "--dir",
					this.directory.toString(), "--save", ""));
		}
		command.addAll(this.options);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile());
		builder.environment().putAll(this.environment);
		Process started = builder.start();
		long end = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!answers()) {
			if (System.nanoTime() > end || !started.isAlive()) {
				throw new IOException("Redis does not start: " + Files.readString(this.directory.resolve("log")));
			}
			LockSupport.parkNanos(5_000_000);
		}
		return started;
	}

	private boolean answers() {
		try {
			String answer = command("PING");
			return answer.contains("PONG") || answer.contains("NOAUTH");
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Send an inline command on a connection of its own.
	 */
	String command(String command) throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress("127.0.0.1", this.port), 1000);
			socket.setSoTimeout(2000);
			socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
			byte[] buffer = new byte[65_536];
			int length = socket.getInputStream().read(buffer);
			return (length > 0) ? new String(buffer, 0, length, StandardCharsets.UTF_8) : "";
		}
	}

	/**
	 * Send an inline command, and answer an empty text where the server does not.
	 */
	String ask(String command) {
		try {
			return command(command);
		}
		catch (IOException ex) {
			return "";
		}
	}

	int port() {
		return this.port;
	}

	/**
	 * Return the field of an answer that has one in each line, as INFO has.
	 */
	String field(String command, String name) {
		return ask(command).lines()
			.filter((line) -> line.startsWith(name + ":"))
			.map((line) -> line.substring(name.length() + 1).strip())
			.findFirst()
			.orElse("");
	}

	String uri() {
		return "redis://127.0.0.1:" + this.port;
	}

	void suspend() {
		signal("-STOP");
	}

	void resume() {
		signal("-CONT");
	}

	void kill() {
		this.process.destroyForcibly();
		await();
	}

	void restart() {
		try {
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void signal(String signal) {
		try {
			new ProcessBuilder("kill", signal, Long.toString(this.process.pid())).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void await() {
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		resume();
		kill();
	}

}
