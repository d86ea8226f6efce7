package dev.throttle.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

import dev.throttle.test.ThrottleClock;

/**
 * A clock that a test moves by hand, and tasks that run when it gets there.
 */
final class ManualTime implements LongSupplier, ObjLongConsumer<Runnable> {

	private final ThrottleClock clock = new ThrottleClock();

	private final Queue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));

	ThrottleClock clock() {
		return this.clock;
	}

	@Override
	public long getAsLong() {
		return this.clock.nanos();
	}

	@Override
	public void accept(Runnable task, long nanos) {
		this.tasks.add(new Task(this.clock.nanos() + nanos, task));
	}

	void advance(Duration duration) {
		long end = this.clock.nanos() + duration.toNanos();
		while (!this.tasks.isEmpty() && this.tasks.element().at() <= end) {
			Task next = this.tasks.remove();
			this.clock.setNanos(next.at());
			next.task().run();
		}
		this.clock.setNanos(end);
	}

	private record Task(long at, Runnable task) {
	}

}
