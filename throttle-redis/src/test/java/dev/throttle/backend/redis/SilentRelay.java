package dev.throttle.backend.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A relay before a server, which can lose what passes through it without closing a
 * connection, can delay it or hold it back once, and can stop accepting connections.
 */
final class SilentRelay implements AutoCloseable {

	private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

	private final int target;

	private final int port;

	private volatile boolean silent;

	private final AtomicReference<Duration> held = new AtomicReference<>(Duration.ZERO);

	private volatile Duration requestDelay = Duration.ZERO;

	private volatile Duration answerDelay = Duration.ZERO;

	private volatile ServerSocket listener;

	SilentRelay(int target) throws IOException {
		this.target = target;
		this.port = RedisProcess.freePort();
		listen();
	}

	private void listen() throws IOException {
		ServerSocket opened = new ServerSocket();
		opened.setReuseAddress(true);
		opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
		this.listener = opened;
		daemon(() -> {
			while (true) {
				Socket client = opened.accept();
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(client);
				this.sockets.add(server);
				daemon(() -> pass(client, server, () -> this.requestDelay.plus(this.held.getAndSet(Duration.ZERO))));
				daemon(() -> pass(server, client, () -> this.answerDelay));
			}
		});
	}

	private void pass(Socket from, Socket to, Supplier<Duration> delay) throws IOException {
		InputStream in = from.getInputStream();
		OutputStream out = to.getOutputStream();
		byte[] buffer = new byte[65_536];
		boolean lost = false;
		for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
			// a connection that lost something stays dead
			lost |= this.silent;
			LockSupport.parkNanos(delay.get().toNanos());
			if (!lost) {
				out.write(buffer, 0, length);
			}
		}
		to.close();
	}

	private static void daemon(IoTask task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// closed
			}
		}, "relay");
		thread.setDaemon(true);
		thread.start();
	}

	String uri() {
		return "redis://127.0.0.1:" + this.port;
	}

	void lose(boolean lose) {
		this.silent = lose;
	}

	void delay(Duration requests, Duration answers) {
		this.requestDelay = requests;
		this.answerDelay = answers;
	}

	/**
	 * Hold the next request back for a time, and all that come after it.
	 */
	void hold(Duration duration) {
		this.held.set(duration);
	}

	void refuse() throws IOException {
		this.listener.close();
		closeSockets();
	}

	void accept() throws IOException {
		listen();
	}

	private void closeSockets() throws IOException {
		for (Socket socket = this.sockets.poll(); socket != null; socket = this.sockets.poll()) {
			socket.close();
		}
	}

	@Override
	public void close() throws IOException {
		refuse();
	}

	@FunctionalInterface
	private interface IoTask {

		void run() throws IOException;

	}

}
