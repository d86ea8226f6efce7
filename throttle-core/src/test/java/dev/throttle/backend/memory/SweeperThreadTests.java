package dev.throttle.backend.memory;

import java.net.URL;
import java.net.URLClassLoader;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The thread of {@link Sweeper} in an application that is replaced while the process
 * runs.
 */
class SweeperThreadTests {

	@Test
	void threadDoesNotKeepTheClassLoaderOfTheRequestThatStartsIt() throws Exception {
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before);
				MemoryCacheBackend backend = MemoryCacheBackend.builder().build()) {
			caller.setContextClassLoader(application);
			backend.decide(new Quota(Client.user("alice"), Policy.of("user", Rate.parse("1/s"))));
			assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getName().equals("throttle-sweeper"))
				.isNotEmpty()
				.noneMatch((thread) -> thread.getContextClassLoader() == application);
		}
		finally {
			caller.setContextClassLoader(before);
		}
	}

}
