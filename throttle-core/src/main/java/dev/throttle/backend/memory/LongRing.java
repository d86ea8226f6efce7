package dev.throttle.backend.memory;

import java.util.Arrays;

/**
 * A growing queue of longs that can be read at any index. No call copies more than a
 * chunk: a short queue is one array, used as a ring; a long one is a list of chunks.
 */
class LongRing {

	private static final int CHUNK_BITS = 9;

	static final int CHUNK = 1 << CHUNK_BITS;

	private static final int MASK = CHUNK - 1;

	private static final int SHRINKABLE = 16;

	private static final long[] EMPTY = new long[0];

	/** Either {@code long[]}, a ring, or {@code long[][]}, the chunks. */
	private Object storage = EMPTY;

	private int head;

	private int size;

	final int size() {
		return this.size;
	}

	/**
	 * Return how many values fit without growing.
	 */
	final int capacity() {
		if (this.storage instanceof long[] ring) {
			return ring.length;
		}
		return usedChunks() << CHUNK_BITS;
	}

	final boolean isFull() {
		if (this.storage instanceof long[] ring) {
			return this.size == ring.length;
		}
		return ((this.head + this.size) & MASK) == 0;
	}

	final long get(int index) {
		int position = this.head + index;
		if (this.storage instanceof long[] ring) {
			return ring[(position < ring.length) ? position : position - ring.length];
		}
		return chunks()[position >>> CHUNK_BITS][position & MASK];
	}

	final long last() {
		return get(this.size - 1);
	}

	final void set(int index, long value) {
		put(this.head + index, value);
	}

	final void setLast(long value) {
		set(this.size - 1, value);
	}

	final void add(long value) {
		if (isFull()) {
			grow();
		}
		put(this.head + this.size, value);
		this.size++;
	}

	/**
	 * Remove the oldest values. If none is left, a little capacity may stay.
	 */
	final void removeFirst(int count) {
		this.head += count;
		this.size -= count;
		if (this.storage instanceof long[] ring) {
			this.head = (this.head < ring.length) ? this.head : this.head - ring.length;
		}
		else {
			dropChunks(this.head >>> CHUNK_BITS);
		}
		shrink();
	}

	/**
	 * Remove values anywhere. Those after them move up, one by one.
	 */
	final void remove(int index, int count) {
		if (count == 0) {
			return;
		}
		for (int i = index + count; i < this.size; i++) {
			set(i - count, get(i));
		}
		if (this.storage instanceof long[]) {
			this.size -= count;
		}
		else {
			int before = usedChunks();
			this.size -= count;
			Arrays.fill(chunks(), usedChunks(), before, null);
			keepOneChunk(usedChunks());
		}
		shrink();
	}

	private void shrink() {
		if (this.storage instanceof long[] ring && ring.length >= SHRINKABLE && this.size < ring.length / 4) {
			resize(ring, this.size * 2);
		}
	}

	/**
	 * Remove all values, and free the memory.
	 */
	final void clear() {
		this.storage = EMPTY;
		this.head = 0;
		this.size = 0;
	}

	private void put(int position, long value) {
		if (this.storage instanceof long[] ring) {
			ring[(position < ring.length) ? position : position - ring.length] = value;
		}
		else {
			chunks()[position >>> CHUNK_BITS][position & MASK] = value;
		}
	}

	private void grow() {
		if (!(this.storage instanceof long[] ring)) {
			addChunk();
		}
		else if (ring.length < CHUNK) {
			resize(ring, Math.min(CHUNK, grown(ring.length)));
		}
		else {
			resize(ring, CHUNK);
			long[][] chunks = new long[4][];
			chunks[0] = (long[]) this.storage;
			this.storage = chunks;
			addChunk();
		}
	}

	/** By half, to 1, 2, 4, 6, 10, 16 and so on. */
	private static int grown(int capacity) {
		return (capacity > 0) ? (capacity * 3 / 2 + 1) & ~1 : 1;
	}

	private void resize(long[] ring, int capacity) {
		long[] resized = new long[capacity];
		int first = Math.min(this.size, ring.length - this.head);
		System.arraycopy(ring, this.head, resized, 0, first);
		System.arraycopy(ring, 0, resized, first, this.size - first);
		this.storage = resized;
		this.head = 0;
	}

	private void addChunk() {
		long[][] chunks = chunks();
		int used = usedChunks();
		if (used == chunks.length) {
			chunks = Arrays.copyOf(chunks, used * 2);
			this.storage = chunks;
		}
		chunks[used] = new long[CHUNK];
	}

	private void dropChunks(int count) {
		if (count == 0) {
			return;
		}
		long[][] chunks = chunks();
		int left = usedChunks() - count;
		System.arraycopy(chunks, count, chunks, 0, left);
		Arrays.fill(chunks, left, left + count, null);
		this.head &= MASK;
		keepOneChunk(left);
	}

	/**
	 * Use the only chunk as a ring, if no more than one is left.
	 */
	private void keepOneChunk(int left) {
		if (left <= 1) {
			this.storage = (left == 1) ? chunks()[0] : EMPTY;
		}
	}

	private long[][] chunks() {
		return (long[][]) this.storage;
	}

	private int usedChunks() {
		return (this.head + this.size + MASK) >>> CHUNK_BITS;
	}

}
