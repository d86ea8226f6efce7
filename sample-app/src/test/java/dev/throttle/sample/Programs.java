package dev.throttle.sample;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The programs that some tests need. Where one is not on the {@code PATH} the test is
 * skipped; with the environment variable {@code THROTTLE_TEST_PROGRAMS=required} it
 * fails.
 */
public final class Programs {

	private Programs() {
	}

	/**
	 * Return the first of these that is on the {@code PATH}.
	 */
	public static Path require(String... names) {
		Optional<Path> program = Stream.of(names)
			.flatMap((name) -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
				.map((directory) -> Path.of(directory, name)))
			.filter(Files::isExecutable)
			.findFirst();
		String missing = "needs " + String.join(" or ", names) + " on the PATH";
		if ("required".equals(System.getenv("THROTTLE_TEST_PROGRAMS"))) {
			assertThat(program).as(missing).isPresent();
		}
		assumeTrue(program.isPresent(), missing);
		return program.orElseThrow();
	}

}
