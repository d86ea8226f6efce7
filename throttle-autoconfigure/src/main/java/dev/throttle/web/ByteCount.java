package dev.throttle.web;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that an application reads from the body of a request and writes to
 * that of the response. Safe for use by several threads.
 *
 * @since 1.0.0
 */
public final class ByteCount {

	private final AtomicLong read = new AtomicLong();

	private final AtomicLong written = new AtomicLong();

	private volatile long readByServer;

	private volatile boolean readIsUnknown;

	private volatile boolean over;

	/**
	 * Count bytes that are read.
	 * @param bytes how many
	 */
	public void read(long bytes) {
		if (!this.over) {
			this.read.addAndGet(bytes);
		}
	}

	/**
	 * Record that the server itself reads the body, such as that of a form.
	 * @param bytes how many bytes the body has; negative if that is unknown
	 */
	public void readByServer(long bytes) {
		this.readByServer = bytes;
		this.readIsUnknown = bytes < 0;
	}

	/**
	 * Count bytes that are written.
	 * @param bytes how many
	 */
	public void written(long bytes) {
		if (!this.over) {
			this.written.addAndGet(bytes);
		}
	}

	/**
	 * Count no more, because the request is over. An error page may still follow.
	 */
	public void end() {
		this.over = true;
	}

	/**
	 * Forget what was written, because it is discarded before it is sent.
	 */
	public void discardWritten() {
		this.written.set(0);
	}

	/**
	 * Return how many bytes of a kind have passed.
	 * @param unit the kind of bytes
	 * @return the number of bytes; negative if it is unknown, or if that unit is not one
	 * of bytes
	 */
	public long passed(CostUnit unit) {
		return switch (unit) {
			case REQUEST_BYTES ->
				(this.readIsUnknown && this.read.get() == 0) ? -1 : Math.max(this.read.get(), this.readByServer);
			case RESPONSE_BYTES -> this.written.get();
			case REQUESTS -> -1;
		};
	}

}
