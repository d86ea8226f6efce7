package dev.throttle.engine;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Alarm}.
 */
class AlarmTests {

	@Test
	void threadDoesNotKeepTheClassLoaderOfItsCreator() throws Exception {
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		CompletableFuture<ClassLoader> found = new CompletableFuture<>();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before); Alarm alarm = new Alarm()) {
			caller.setContextClassLoader(application);
			alarm.set(0, () -> found.complete(Thread.currentThread().getContextClassLoader()));
			assertThat(found.get()).isSameAs(Alarm.class.getClassLoader());
		}
		finally {
			caller.setContextClassLoader(before);
		}
	}

}
