package dev.throttle.http;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import reactor.blockhound.BlockHound;

/**
 * Records each call that blocks a thread of Reactor or Netty, without preventing it.
 */
final class BlockedThreads {

	private static final Queue<List<String>> CALLS = new ConcurrentLinkedQueue<>();

	static {
		BlockHound.builder().loadIntegrations().blockingMethodCallback((method) -> record()).install();
	}

	private BlockedThreads() {
	}

	static void watch() {
	}

	private static void record() {
		CALLS.add(Stream.of(new Throwable().getStackTrace()).map(StackTraceElement::toString).toList());
	}

	/**
	 * Return the calls that the library makes, as stack traces.
	 */
	static List<String> byLibrary() {
		return CALLS.stream()
			.filter((call) -> call.stream()
				.anyMatch((frame) -> frame.contains("dev.throttle.") && !frame.contains("dev.throttle.http.")))
			.map((call) -> call.stream().limit(40).collect(Collectors.joining("\n")))
			.toList();
	}

	static int count() {
		return CALLS.size();
	}

}
