package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.lettuce.core.ScriptOutputType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a warning when a server has used most of its memory, before it is full and stops
 * counting. A server that does not report its memory is not watched.
 */
final class MemoryWatch {

	private static final Logger logger = LoggerFactory.getLogger(MemoryWatch.class);

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private static final Duration WARNING_INTERVAL = Duration.ofHours(1);

	private static final double MOST = 0.8;

	private static final long MEGABYTE = 1_000_000;

	/** A script, because it goes to the server of its key. */
	private static final String INFO = "return redis.call('INFO', 'memory')";

	private final CurrentSession session;

	private final RedisKeys keys;

	private final String name;

	private final Map<String, Long> lastWarned = new ConcurrentHashMap<>();

	private final LongSupplier nanoTime;

	private long next;

	/**
	 * Create a watch.
	 * @param name the name of the server in the log
	 */
	MemoryWatch(CurrentSession session, RedisKeys keys, String name, LongSupplier nanoTime) {
		this.session = session;
		this.keys = keys;
		this.name = name;
		this.nanoTime = nanoTime;
		this.next = nanoTime.getAsLong();
	}

	/**
	 * Ask the servers, unless that was done a short time ago, without waiting for them.
	 * Called by one thread.
	 */
	void check() {
		long now = this.nanoTime.getAsLong();
		CompletableFuture<Session> session = this.session.get();
		if (now - this.next < 0 || !Session.isOpen(session)) {
			return;
		}
		this.next = now + INTERVAL.toNanos();
		Session open = session.join();
		for (String key : open.keyOnEachNode(this.keys)) {
			var unused = open.connection()
				.commands()
				.<String>eval(INFO, ScriptOutputType.VALUE, key)
				.thenAccept((info) -> read(open.node(key), info, now));
		}
	}

	private void read(String node, String info, long now) {
		long used = field(info, "used_memory");
		long max = field(info, "maxmemory");
		if (max <= 0 || used < MOST * max) {
			return;
		}
		Long last = this.lastWarned.get(node);
		if (last == null || now - last >= WARNING_INTERVAL.toNanos()) {
			this.lastWarned.put(node, now);
			logger
				.warn("{} has used {} of {} MB of its memory (maxmemory). Once it is full, it stops counting requests, "
						+ "or loses counts if it has an eviction policy. Raise maxmemory, and check whether a client makes up identities: "
						+ "each one takes about 250 bytes per scope until the period is over",
						node.isEmpty() ? this.name : "Redis at " + node, used / MEGABYTE, max / MEGABYTE);
		}
	}

	private static long field(String info, String name) {
		return info.lines()
			.filter((line) -> line.startsWith(name + ":"))
			.mapToLong((line) -> Long.parseLong(line, name.length() + 1, line.length(), 10))
			.findFirst()
			.orElse(0);
	}

}
