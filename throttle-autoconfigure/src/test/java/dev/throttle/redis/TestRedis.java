package dev.throttle.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on a free port of this machine, for the time of a test.
 */
public final class TestRedis implements AutoCloseable {

	private final int port = freePort();

	private final List<String> command;

	private final Path log;

	private Process process;

	private TestRedis(String binary, List<String> options) throws IOException {
		Path directory = Files.createTempDirectory("throttle-redis");
		this.command = new ArrayList<>(
				List.of(binary, "--bind", "127.0.0.1", "--dir", directory.toString(), "--save", ""));
		if (!options.contains("--tls-port")) {
			this.command.addAll(List.of("--port", Integer.toString(this.port)));
		}
		options.forEach((option) -> this.command.add(option.equals("PORT") ? Integer.toString(this.port) : option));
		this.log = directory.resolve("log");
		this.process = launch();
	}

	private Process launch() throws IOException {
		Process process = new ProcessBuilder(this.command).redirectErrorStream(true)
			.redirectOutput(this.log.toFile())
			.start();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!Files.readString(this.log).contains("Ready to accept connections")) {
			if (System.nanoTime() > end || !process.isAlive()) {
				process.destroyForcibly();
				throw new IOException("Redis does not start: " + Files.readString(this.log));
			}
			Thread.onSpinWait();
		}
		return process;
	}

	/**
	 * Start the server that comes with the build.
	 */
	public static TestRedis start(String... options) {
		try {
			return startBinary(ExecutableProvider.newJarResourceProvider().get().getAbsolutePath(), options);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start another server.
	 * @param options its options; {@code PORT} stands for the free port
	 */
	public static TestRedis startBinary(String binary, String... options) {
		try {
			return new TestRedis(binary, List.of(options));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static int freePort() {
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress("127.0.0.1", 0));
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public int port() {
		return this.port;
	}

	/**
	 * Send inline commands on one connection and return the answers.
	 */
	public String commands(String... commands) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress("127.0.0.1", this.port), 2000);
			socket.setSoTimeout(5000);
			socket.getOutputStream()
				.write((String.join("\r\n", commands) + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * End the server, until it is restarted.
	 */
	public void kill() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Start the server again on its port, after it was killed.
	 */
	public void restart() {
		try {
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		kill();
	}

}
