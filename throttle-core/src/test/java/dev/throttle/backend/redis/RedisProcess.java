package dev.throttle.backend.redis;

import java.io.File;
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
import java.util.concurrent.TimeUnit;

import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server, started as a process of its own with the binary that comes with
 * embedded-redis.
 */
final class RedisProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

	private final int port;

	private final List<String> options;

	private final Path directory;

	private Process process;

	private RedisProcess(int port, List<String> options) throws IOException {
		this.port = port;
		this.options = options;
		this.directory = Files.createTempDirectory("throttle-redis");
		this.process = launch();
	}

	static RedisProcess start(String... options) {
		return start(freePort(), options);
	}

	static RedisProcess start(int port, String... options) {
		try {
			return new RedisProcess(port, List.of(options));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket()) {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress("127.0.0.1", 0));
			// the port of a cluster's bus is 10000 above
			return (socket.getLocalPort() < 50_000) ? socket.getLocalPort() : freePort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Process launch() throws IOException {
		File binary = ExecutableProvider.newJarResourceProvider().get();
		List<String> command = new ArrayList<>(List.of(binary.getAbsolutePath()));
		if (!this.options.isEmpty() && this.options.get(0).endsWith(".conf")) {
			command.addAll(this.options);
		}
		command.addAll(List.of("--port", Integer.toString(this.port), "--bind", "127.0.0.1", "--dir",
				this.directory.toString(), "--save", ""));
		if (this.options.isEmpty() || !this.options.get(0).endsWith(".conf")) {
			command.addAll(this.options);
		}
		Process started = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
		long end = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!answers()) {
			if (System.nanoTime() > end || !started.isAlive()) {
				throw new IOException("Redis does not start: " + Files.readString(this.directory.resolve("log")));
			}
			Thread.onSpinWait();
		}
		return started;
	}

	private boolean answers() {
		try {
			return command("PING").contains("PONG") || command("PING").contains("NOAUTH");
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

	int port() {
		return this.port;
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
