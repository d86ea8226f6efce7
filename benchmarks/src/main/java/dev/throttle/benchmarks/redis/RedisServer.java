package dev.throttle.benchmarks.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server of the benchmark's own: the binary that is named, else {@code
 * redis-server} on the path, else that of embedded-redis.
 */
public final class RedisServer implements AutoCloseable {

	private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

	private final int port;

	private final Process process;

	private RedisServer(String binary) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = socket.getLocalPort();
		}
		Path directory = Files.createTempDirectory("throttle-benchmark");
		this.process = new ProcessBuilder(binary, "--port", Integer.toString(this.port), "--bind", "127.0.0.1", "--dir",
				directory.toString(), "--save", "")
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("log").toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroy));
	}

	public static RedisServer start(String binary) throws IOException {
		RedisServer server;
		try {
			server = new RedisServer(binary.isEmpty() ? "redis-server" : binary);
		}
		catch (IOException ex) {
			if (!binary.isEmpty()) {
				throw new IOException("--redis-server names no server that can be started: '" + binary + "'", ex);
			}
			server = new RedisServer(ExecutableProvider.newJarResourceProvider().get().getAbsolutePath());
		}
		server.await();
		return server;
	}

	private void await() throws IOException {
		long end = System.nanoTime() + START_NANOS;
		while (!listens()) {
			if (!this.process.isAlive() || System.nanoTime() - end > 0) {
				close();
				throw new IOException("Redis does not start on port " + this.port);
			}
			Thread.onSpinWait();
		}
	}

	private boolean listens() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public String uri() {
		return "redis://127.0.0.1:" + this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
