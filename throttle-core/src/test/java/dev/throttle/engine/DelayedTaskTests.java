package dev.throttle.engine;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DelayedTask}.
 */
class DelayedTaskTests {

	@Test
	void threadDoesNotKeepTheClassLoaderOfItsCreator() throws Exception {
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		CompletableFuture<ClassLoader> found = new CompletableFuture<>();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				DelayedTask task = new DelayedTask()) {
			caller.setContextClassLoader(application);
			task.schedule(0, () -> found.complete(Thread.currentThread().getContextClassLoader()));
			assertThat(found.get()).isSameAs(DelayedTask.class.getClassLoader());
		}
		finally {
			caller.setContextClassLoader(before);
		}
	}

}
