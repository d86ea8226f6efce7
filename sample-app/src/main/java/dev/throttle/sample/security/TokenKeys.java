package dev.throttle.sample.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import org.springframework.util.StringUtils;

/**
 * Finds the key that signs tokens: the configured one, or else the one in the key file,
 * which is created if missing.
 */
final class TokenKeys {

	private static final int BYTES = 32;

	private TokenKeys() {
	}

	static SecretKey load(TokenProperties properties) {
		if (StringUtils.hasText(properties.key())) {
			return decode(properties.key(), "The property 'sample.tokens.key'");
		}
		Path file = properties.keyFile().toAbsolutePath();
		try {
			if (Files.notExists(file)) {
				create(file);
			}
			return decode(Files.readString(file), "The file '" + file + "' of the property 'sample.tokens.key-file'");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The key of the tokens cannot be kept in '" + file
					+ "': set 'sample.tokens.key-file' to another file, or 'sample.tokens.key'", ex);
		}
	}

	/**
	 * Write the key to a temporary file and link it to its final name. So no other
	 * starting instance reads an incomplete key, and the first key wins.
	 */
	private static void create(Path file) throws IOException {
		Path directory = Files.createDirectories(file.getParent());
		byte[] key = new byte[BYTES];
		new SecureRandom().nextBytes(key);
		Path written = Files.createTempFile(directory, "token", ".key", ownerOnly(directory));
		try {
			Files.writeString(written, Base64.getEncoder().encodeToString(key));
			put(written, file);
		}
		catch (FileAlreadyExistsException anotherInstanceWasFaster) {
			return;
		}
		finally {
			Files.deleteIfExists(written);
		}
	}

	private static void put(Path written, Path file) throws IOException {
		try {
			Files.createLink(file, written);
		}
		catch (UnsupportedOperationException noLinksInThisFileSystem) {
			Files.move(written, file);
		}
	}

	private static FileAttribute<?>[] ownerOnly(Path directory) {
		boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
		return posix
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
	}

	private static SecretKey decode(String base64, String source) {
		byte[] key;
		try {
			key = Base64.getDecoder().decode(base64.strip());
		}
		catch (IllegalArgumentException ex) {
			throw invalid(source);
		}
		if (key.length < BYTES) {
			throw invalid(source);
		}
		return new SecretKeySpec(key, "HmacSHA256");
	}

	private static IllegalArgumentException invalid(String source) {
		return new IllegalArgumentException(
				source + " is no key: write at least 32 random bytes in Base64, as 'openssl rand -base64 32' does");
	}

}
