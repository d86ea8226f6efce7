package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The current connection of a backend. It is opened in the background, and replaced when
 * it fails. The old connection is kept until the new one is open, and a while longer for
 * pending answers.
 */
final class CurrentSession implements AutoCloseable {

	private static final Duration MAX_OPENING = Duration.ofMillis(2500);

	private static final Duration GRACE = Duration.ofSeconds(5);

	private final RedisConnector connector;

	private final Function<LettuceConnection, Session> sessions;

	private volatile CompletableFuture<Session> session;

	private @Nullable CompletableFuture<Session> renewal;

	private long openedAt = System.nanoTime();

	private boolean closed;

	/**
	 * Open the first connection.
	 * @param sessions creates the session of an open connection
	 */
	CurrentSession(RedisConnector connector, Function<LettuceConnection, Session> sessions) {
		this.connector = connector;
		this.sessions = sessions;
		this.session = open();
	}

	private CompletableFuture<Session> open() {
		try {
			return this.connector.connect().thenApply(this.sessions);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Return the connection, which may still be opening.
	 */
	CompletableFuture<Session> get() {
		return this.session;
	}

	/**
	 * Replace a failed connection, unless a new one is being opened.
	 * @param opened called when the new one is open
	 * @param failed called with the reason if it could not be opened
	 */
	synchronized void renew(Consumer<Session> opened, Consumer<Throwable> failed) {
		long now = System.nanoTime();
		boolean opening = !this.session.isDone() || (this.renewal != null && !this.renewal.isDone());
		if (this.closed || (opening && now - this.openedAt < MAX_OPENING.toNanos())) {
			return;
		}
		this.openedAt = now;
		CompletableFuture<Session> next = open();
		this.renewal = next;
		next.thenAccept((session) -> {
			if (replace(next)) {
				opened.accept(session);
			}
		}).exceptionally((failure) -> {
			failed.accept(failure);
			return null;
		});
	}

	private synchronized boolean replace(CompletableFuture<Session> next) {
		boolean wanted = next == this.renewal && !this.closed;
		CompletableFuture<Session> unwanted = wanted ? this.session : next;
		if (wanted) {
			this.session = next;
			this.renewal = null;
		}
		Executor afterGrace = CompletableFuture.delayedExecutor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
		var unused = unwanted.thenComposeAsync((session) -> session.connection().stateful().closeAsync(), afterGrace);
		return wanted;
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.connector.close();
	}

}
