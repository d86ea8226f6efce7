package dev.throttle.http;

import java.net.URL;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;

import org.springframework.context.support.ResourceBundleMessageSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails each test class in which the library blocked a thread of Reactor, Netty or
 * Lettuce. JUnit applies it to all test classes. Allowed are the loading of classes and
 * messages, and the locks that the JDK, Netty and Lettuce hold for a moment. So is the
 * spinning for the lock of a client in memory, which is held while one request is
 * decided; waiting for that lock in its monitor is not.
 */
public final class BlockedThreads implements BeforeAllCallback, AfterAllCallback {

	private static final String LIBRARY = "dev.throttle.";

	private static final String TESTS = "dev.throttle.http.";

	private static final String LOCKS = "java.util.concurrent.locks.";

	private static final Set<String> LOCK = Set.of("lock", "readLock", "writeLock");

	private static final Queue<Throwable> CALLS = new ConcurrentLinkedQueue<>();

	static {
		// not once more for tests with a class loader of their own, which would get all
		// calls
		if (BlockedThreads.class.getClassLoader() == ClassLoader.getSystemClassLoader()) {
			BlockHound.builder()
				.loadIntegrations()
				.allowBlockingCallsInside(ClassLoader.class.getName(), "loadClass")
				.allowBlockingCallsInside(ResourceBundleMessageSource.class.getName(), "getResourceBundle")
				.allowBlockingCallsInside("dev.throttle.backend.memory.ClientHistories", "spin")
				.blockingMethodCallback((method) -> CALLS.add(new Throwable(method.toString())))
				.install();
		}
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		CALLS.clear();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		assertThat(byLibrary()).isEmpty();
	}

	/**
	 * Return the blocking calls since the last question, whoever made them.
	 */
	static List<Throwable> all() {
		return Stream.generate(CALLS::poll).takeWhile((call) -> call != null).toList();
	}

	/**
	 * Return those that the library made, also by calling a throttle. A handler of a test
	 * runs below the library's frames too, but is called by Spring or Reactor.
	 */
	static List<String> byLibrary() {
		return all().stream().filter(BlockedThreads::isByLibrary).map(BlockedThreads::text).toList();
	}

	private static String text(Throwable call) {
		return Stream.of(call.getStackTrace())
			.map(Object::toString)
			.collect(Collectors.joining("\n\t", call + "\n\t", "\n"));
	}

	private static boolean isByLibrary(Throwable call) {
		List<StackTraceElement> frames = Stream.of(call.getStackTrace())
			.filter((frame) -> !frame.getClassName().equals(BlockedThreads.class.getName()))
			.toList();
		if (isLockOfOthers(frames) || isInitializingAClass(frames)) {
			return false;
		}
		List<String> classes = frames.stream()
			.map(StackTraceElement::getClassName)
			.filter((name) -> !name.startsWith("java.") && !name.startsWith("jdk."))
			.dropWhile((name) -> !name.startsWith(LIBRARY))
			.dropWhile(BlockedThreads::isTest)
			.toList();
		return !classes.isEmpty() && classes.get(0).startsWith(LIBRARY);
	}

	/**
	 * Return whether the call is in the initialization of a class that the library uses,
	 * which happens once.
	 */
	private static boolean isInitializingAClass(List<StackTraceElement> frames) {
		return frames.stream()
			.takeWhile((frame) -> !frame.getClassName().startsWith(LIBRARY))
			.anyMatch((frame) -> frame.getMethodName().equals("<clinit>"));
	}

	/**
	 * Return whether a class is of the tests, and not of the package with the same name
	 * in the jar of the library.
	 */
	private static boolean isTest(String name) {
		URL file = BlockedThreads.class.getResource('/' + name.replace('.', '/') + ".class");
		return name.startsWith(TESTS) && (file == null || !file.getProtocol().equals("jar"));
	}

	private static boolean isLockOfOthers(List<StackTraceElement> frames) {
		for (int i = 1; i < frames.size(); i++) {
			StackTraceElement called = frames.get(i - 1);
			String caller = frames.get(i).getClassName();
			if (called.getClassName().startsWith(LOCKS) && LOCK.contains(called.getMethodName())
					&& !caller.startsWith(LOCKS)) {
				return !caller.startsWith(LIBRARY);
			}
		}
		return false;
	}

}
