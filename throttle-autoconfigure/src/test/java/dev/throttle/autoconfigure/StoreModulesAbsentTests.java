package dev.throttle.autoconfigure;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that has Spring Data Redis and Lettuce, but not the module
 * that counts there, and nothing of JDBC.
 */
class StoreModulesAbsentTests {

	private static final Pattern ABSENT = Pattern.compile("throttle-redis|throttle-jdbc|HikariCP|spring-jdbc|flyway");

	@Test
	void applicationThatCountsInMemoryNeedsNoneOfItsClasses() throws Exception {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		URL[] entries = Stream.of(classPath.split(File.pathSeparator))
			.filter((entry) -> !ABSENT.matcher(entry).find())
			.map(StoreModulesAbsentTests::url)
			.toArray(URL[]::new);
		Thread caller = Thread.currentThread();
		ClassLoader before = caller.getContextClassLoader();
		try (URLClassLoader without = new URLClassLoader(entries, ClassLoader.getPlatformClassLoader())) {
			caller.setContextClassLoader(without);
			for (String absent : List.of("dev/throttle/backend/redis/RedisCacheBackend",
					"dev/throttle/backend/jdbc/JdbcCacheBackend", "com/zaxxer/hikari/HikariDataSource")) {
				assertThat(without.getResource(absent + ".class")).as(absent).isNull();
			}
			Object backend = without.loadClass(Application.class.getName()).getMethod("backend").invoke(null);
			assertThat(backend).isEqualTo("MemoryCacheBackend");
		}
		finally {
			caller.setContextClassLoader(before);
		}
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(entry, ex);
		}
	}

	/**
	 * The application, which is loaded without the module.
	 */
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, ThrottleMetricsAutoConfiguration.class,
			RedisAutoConfiguration.class })
	public static class Application {

		/**
		 * Start it.
		 * @return what counts
		 */
		public static String backend() {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.properties("spring.config.location=optional:none.properties")
				.run()) {
				return context.getBean("cacheBackend").getClass().getSimpleName();
			}
		}

	}

}
