package dev.throttle.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.NanoClock;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.util.FileSystemUtils;

/**
 * The running sample. Its clock stands still, so that a slow machine changes no wait, and
 * its passwords are checked faster, unless it is started in real time.
 */
public record Sample(ConfigurableApplicationContext context, Path temporary) implements AutoCloseable {

	/**
	 * Start the sample with data of its own, which are gone when it is closed.
	 */
	public static Sample start(String... arguments) {
		return start(new Class<?>[0], arguments);
	}

	/**
	 * Start the sample with other beans in the place of some of its own.
	 */
	public static Sample start(Class<?>[] beans, String... arguments) {
		return startOnNewData(withBeansOfTests(beans), arguments);
	}

	/**
	 * Start the sample with data of its own and a clock that runs.
	 */
	public static Sample startInRealTime(String... arguments) {
		return startOnNewData(new Class<?>[0], arguments);
	}

	/**
	 * Start the sample on data that are kept.
	 */
	public static Sample startOn(Path data, String... arguments) {
		return new Sample(run(data, withBeansOfTests(), arguments), null);
	}

	private static Sample startOnNewData(Class<?>[] beans, String... arguments) {
		try {
			Path temporary = Files.createTempDirectory("sample");
			return new Sample(run(temporary, beans, arguments), temporary);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ConfigurableApplicationContext run(Path data, Class<?>[] beans, String... arguments) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--sample.data=" + data.toAbsolutePath()));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(SampleApplication.class).sources(beans).run(all.toArray(String[]::new));
	}

	private static Class<?>[] withBeansOfTests(Class<?>... beans) {
		List<Class<?>> all = new ArrayList<>(List.of(beans));
		all.add(StandingClock.class);
		all.add(FastPasswords.class);
		return all.toArray(Class<?>[]::new);
	}

	public Visitor visitor() {
		return Visitor.of(port());
	}

	/**
	 * Return the address of a path.
	 */
	public String address(String path) {
		return "http://127.0.0.1:" + port() + path;
	}

	private int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@Override
	public void close() {
		this.context.close();
		if (this.temporary != null) {
			FileSystemUtils.deleteRecursively(this.temporary.toFile());
		}
	}

	/**
	 * Not annotated, so that no scan finds it.
	 */
	static class StandingClock {

		private static final NanoClock CLOCK = () -> 0;

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(CLOCK).build();
		}

	}

	/**
	 * Not annotated, as well.
	 */
	static class FastPasswords {

		@Bean
		@Primary
		PasswordEncoder fastPasswordEncoder() {
			return new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(6)));
		}

	}

}
