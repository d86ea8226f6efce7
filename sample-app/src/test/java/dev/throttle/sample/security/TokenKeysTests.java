package dev.throttle.sample.security;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import javax.crypto.SecretKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TokenKeys}.
 */
class TokenKeysTests {

	@TempDir
	Path directory;

	@Test
	void keyIsMadeOnce() throws IOException {
		Path file = this.directory.resolve("data/token.key");
		SecretKey key = load(file);
		assertThat(load(file)).isEqualTo(key);
		assertThat(files(file.getParent())).containsExactly("token.key");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no permissions of this kind")
	void ownerAloneReadsTheKey() throws IOException {
		Path file = this.directory.resolve("token.key");
		load(file);
		assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
	}

	@Test
	void keyIsMadeWhereTheFileSystemHasNoLinks() throws IOException {
		try (FileSystem zip = FileSystems.newFileSystem(this.directory.resolve("data.zip"), Map.of("create", "true"))) {
			Path file = zip.getPath("/data/token.key");
			SecretKey key = load(file);
			assertThat(load(file)).isEqualTo(key);
			assertThat(files(file.getParent())).containsExactly("token.key");
		}
	}

	@Test
	void fileThatIsNoKeyIsNamed() throws IOException {
		Path file = Files.writeString(this.directory.resolve("token.key"), "short");
		assertThatIllegalArgumentException().isThrownBy(() -> load(file))
			.withMessageContaining("sample.tokens.key-file")
			.withMessageContaining("openssl rand -base64 32");
	}

	private static SecretKey load(Path file) {
		return TokenKeys.load(new TokenProperties(null, file, Duration.ofMinutes(15), Duration.ofDays(14)));
	}

	private static Stream<String> files(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString()).toList().stream();
		}
	}

}
