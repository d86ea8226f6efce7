package dev.throttle.backend.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LongRingTests {

	private final LongRing ring = new LongRing();

	@Test
	void emptyRingTakesNoRoom() {
		assertThat(this.ring.size()).isZero();
		assertThat(this.ring.capacity()).isZero();
		assertThat(this.ring.isFull()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 10, 40, 300, 700, 2_000 })
	void behavesAsAQueue(int typicalSize) {
		Random random = new Random(typicalSize);
		Deque<Long> queue = new ArrayDeque<>();
		for (int step = 0; step < 1_500; step++) {
			int burst = random.nextInt(typicalSize / 2 + 2);
			if (random.nextInt(100) == 0) {
				this.ring.clear();
				queue.clear();
			}
			else if (random.nextInt(typicalSize) >= queue.size() / 2) {
				for (int i = 0; i < burst; i++) {
					long value = random.nextLong();
					add(value);
					queue.add(value);
				}
			}
			else {
				int count = Math.min(queue.size(), (random.nextInt(4) > 0) ? burst : 1);
				this.ring.removeFirst(count);
				for (int i = 0; i < count; i++) {
					queue.remove();
				}
			}
			if (!queue.isEmpty() && random.nextInt(3) == 0) {
				queue.removeLast();
				queue.add((long) step);
				this.ring.setLast(step);
			}
			assertSame(queue, random);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 40, 700, 2_000 })
	void valuesAreRemovedAnywhere(int typicalSize) {
		Random random = new Random(typicalSize);
		List<Long> list = new ArrayList<>();
		for (int step = 0; step < 500; step++) {
			while (list.size() < random.nextInt(typicalSize + 1)) {
				long value = random.nextLong();
				add(value);
				list.add(value);
			}
			int head = random.nextInt(list.size() / 4 + 1);
			this.ring.removeFirst(head);
			list.subList(0, head).clear();
			int index = random.nextInt(list.size() + 1);
			int count = random.nextInt(list.size() - index + 1);
			this.ring.remove(index, count);
			list.subList(index, index + count).clear();
			if (index > 0) {
				this.ring.set(index - 1, step);
				list.set(index - 1, (long) step);
			}
			assertSame(new ArrayDeque<>(list), random);
		}
	}

	private void add(long value) {
		int before = this.ring.capacity();
		boolean full = this.ring.isFull();
		this.ring.add(value);
		if (this.ring.capacity() > before != full) {
			throw new AssertionError("Grew by " + (this.ring.capacity() - before) + " though full is " + full);
		}
	}

	private void assertSame(Deque<Long> queue, Random random) {
		assertThat(this.ring.size()).isEqualTo(queue.size());
		assertThat(this.ring.capacity()).isGreaterThanOrEqualTo(queue.size())
			.isLessThanOrEqualTo(4 * queue.size() + 2 * LongRing.CHUNK);
		if (queue.isEmpty()) {
			return;
		}
		assertThat(this.ring.get(0)).isEqualTo(queue.getFirst());
		assertThat(this.ring.last()).isEqualTo(queue.getLast());
		if (random.nextInt(20) == 0) {
			List<Long> values = new ArrayList<>();
			for (int i = 0; i < this.ring.size(); i++) {
				values.add(this.ring.get(i));
			}
			assertThat(values).containsExactlyElementsOf(queue);
		}
	}

	@Test
	void growsByHalfAndThenByChunks() {
		List<Integer> capacities = new ArrayList<>();
		for (int i = 0; i < 4 * LongRing.CHUNK; i++) {
			this.ring.add(i);
			if (capacities.isEmpty() || capacities.get(capacities.size() - 1) != this.ring.capacity()) {
				capacities.add(this.ring.capacity());
			}
		}
		assertThat(capacities).startsWith(1, 2, 4, 6, 10, 16, 24).endsWith(512, 1024, 1536, 2048);
	}

	@Test
	void keepsALittleRoomWhenNothingIsLeft() {
		for (int size : new int[] { 6, 100, 10 * LongRing.CHUNK }) {
			for (int i = 0; i < size; i++) {
				this.ring.add(i);
			}
			this.ring.removeFirst(size);
			assertThat(this.ring.size()).isZero();
			assertThat(this.ring.capacity()).isEqualTo((size == 6) ? 6 : 0);
		}
	}

	@Test
	void givesRoomBackWhenItBecomesShort() {
		for (int i = 0; i < 10_000; i++) {
			this.ring.add(i);
		}
		for (int i = 10_000; i > 4; i--) {
			this.ring.removeFirst(1);
			int chunks = i / LongRing.CHUNK + 2;
			assertThat(this.ring.capacity() <= chunks * LongRing.CHUNK).isTrue();
		}
		for (int i = 0; i < LongRing.CHUNK; i++) {
			this.ring.add(i);
			this.ring.removeFirst(1);
		}
		assertThat(this.ring.size()).isEqualTo(4);
		assertThat(this.ring.capacity()).isLessThanOrEqualTo(16);
	}

}
