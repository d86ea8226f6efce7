package dev.throttle.test.store;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The wall clock of processes that are started with {@code faketime}, which can be set
 * while they run.
 */
public final class FakeClock {

	private final Path offset;

	private final String library;

	public FakeClock() throws IOException {
		assumeTrue(isPossible(), "'faketime' is not on the PATH");
		this.offset = Files.createTempFile("throttle-clock", null);
		this.offset.toFile().deleteOnExit();
		// a server may run as another user
		this.offset.toFile().setReadable(true, false);
		set("+0");
		this.library = library();
	}

	/**
	 * Ask {@code faketime} for the library that it loads. It does not start where a
	 * process that once had its id was killed and left a semaphore, so ask again: each
	 * time it has another id.
	 */
	private static String library() throws IOException {
		String answer = "";
		for (int attempt = 0; attempt < 50; attempt++) {
			Process process = new ProcessBuilder("faketime", "-f", "+0", "printenv", "LD_PRELOAD")
				.redirectErrorStream(true)
				.start();
			answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (process.onExit().join().exitValue() == 0) {
				return answer;
			}
		}
		throw new IOException("faketime does not start: " + answer);
	}

	private static boolean isPossible() {
		return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.anyMatch((directory) -> Path.of(directory, "faketime").toFile().canExecute());
	}

	/**
	 * Set how far the clock is ahead of the true one, such as {@code +400d} or
	 * {@code -30}.
	 */
	public void set(String offset) throws IOException {
		Files.writeString(this.offset, offset + "\n");
	}

	/**
	 * Set the time. The clock goes on from there.
	 */
	public void set(Instant time) throws IOException {
		set(String.format(Locale.ROOT, "%+.6f", Duration.between(Instant.now(), time).toNanos() / 1e9));
	}

	/**
	 * Return the environment of a process that has this clock.
	 */
	public Map<String, String> environment() {
		return Map.of("LD_PRELOAD", this.library, "FAKETIME_TIMESTAMP_FILE", this.offset.toString(),
				"FAKETIME_NO_CACHE", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1");
	}

}
