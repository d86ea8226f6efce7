package dev.throttle.backend.remote;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RemoteListeners}.
 */
class RemoteListenersTests {

	private final List<String> told = new ArrayList<>();

	private final RemoteBackendListener listener = new RemoteBackendListener() {

		@Override
		public void asked(boolean answered, long nanos) {
			assertThat(nanos).isPositive();
			RemoteListenersTests.this.told.add(answered ? "answered" : "failed");
		}

		@Override
		public void knownDenial() {
			RemoteListenersTests.this.told.add("known");
		}

		@Override
		public void breakerChanged(boolean open) {
			RemoteListenersTests.this.told.add(open ? "open" : "closed");
		}

	};

	private boolean open;

	@Test
	void listenerIsToldWhenTheBreakerOpensAndCloses() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(this.listener);
		listeners.asked(true, 1);
		this.open = true;
		listeners.asked(false, 1);
		listeners.asked(false, 1);
		this.open = false;
		listeners.asked(true, 1);
		assertThat(this.told).containsExactly("closed", "answered", "failed", "open", "failed", "answered", "closed");
	}

	@Test
	void failingListenerHurtsNobody() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(new RemoteBackendListener() {

			@Override
			public void asked(boolean answered, long nanos) {
				throw new IllegalStateException("The listener fails on purpose");
			}

		});
		listeners.add(this.listener);
		listeners.asked(true, 1);
		assertThat(this.told).containsExactly("closed", "answered");
	}

	@Test
	void whatMayBlockIsToldInOrderByOneWorkerAtATime() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(this.listener);
		Queue<Runnable> workers = new ArrayDeque<>();
		listeners.later(workers::add, () -> listeners.asked(true, 1));
		listeners.later(workers::add, listeners::knownDenial);
		assertThat(this.told).containsExactly("closed");
		assertThat(workers).hasSize(1);
		workers.remove().run();
		assertThat(this.told).containsExactly("closed", "answered", "known");
		listeners.later(workers::add, () -> listeners.asked(false, 1));
		workers.remove().run();
		assertThat(this.told).endsWith("failed");
	}

	@Test
	void whatNoWorkerTakesIsToldWithTheNextMessage() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(this.listener);
		listeners.later(RemoteListenersTests::refuse, listeners::knownDenial);
		assertThat(this.told).containsExactly("closed");
		listeners.later(Runnable::run, () -> listeners.asked(true, 1));
		assertThat(this.told).containsExactly("closed", "known", "answered");
	}

	@Test
	void noMoreThanSomeMessagesWaitForAWorker() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(this.listener);
		for (int i = 0; i <= RemoteListeners.MAX_WAITING; i++) {
			listeners.later(RemoteListenersTests::refuse, listeners::knownDenial);
		}
		listeners.later(Runnable::run, listeners::knownDenial);
		assertThat(this.told).hasSize(1 + RemoteListeners.MAX_WAITING);
		listeners.later(Runnable::run, () -> listeners.asked(true, 1));
		assertThat(this.told).endsWith("answered");
	}

	@Test
	void nothingIsLostWhereSomeWorkersRefuse() throws Exception {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(this.listener);
		AtomicInteger tasks = new AtomicInteger();
		Executor unreliable = (task) -> {
			if (tasks.incrementAndGet() % 2 == 0) {
				refuse(task);
			}
			task.run();
		};
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Thread thread = new Thread(() -> {
				for (int j = 0; j < 1000; j++) {
					listeners.later(unreliable, listeners::knownDenial);
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}
		listeners.later(Runnable::run, () -> listeners.asked(true, 1));
		assertThat(this.told).hasSize(1 + 4000 + 1).endsWith("answered");
	}

	private static void refuse(Runnable task) {
		throw new RejectedExecutionException("The pool is full on purpose");
	}

	@Test
	void listenerThatFailsWithAnErrorSilencesNobodyForLater() {
		RemoteListeners listeners = new RemoteListeners(() -> this.open);
		listeners.add(new RemoteBackendListener() {

			@Override
			public void asked(boolean answered, long nanos) {
				throw new NoClassDefFoundError("The listener fails on purpose");
			}

		});
		listeners.add(this.listener);
		Queue<Runnable> workers = new ArrayDeque<>();
		listeners.later(workers::add, () -> listeners.asked(true, 1));
		workers.remove().run();
		listeners.later(workers::add, listeners::knownDenial);
		workers.remove().run();
		assertThat(this.told).containsExactly("closed", "answered", "known");
	}

}
