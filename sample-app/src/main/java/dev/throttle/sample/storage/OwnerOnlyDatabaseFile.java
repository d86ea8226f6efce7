package dev.throttle.sample.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * Creates the H2 database file before H2 does, so that only its owner can read it, if the
 * file system supports owners.
 */
@Component
class OwnerOnlyDatabaseFile implements BeanPostProcessor {

	private static final String URL = "jdbc:h2:file:";

	@Override
	public @Nullable Object postProcessBeforeInitialization(Object bean, String beanName) {
		String url = (bean instanceof HikariDataSource database) ? database.getJdbcUrl() : null;
		if (url != null && url.startsWith(URL)) {
			create(Path.of(url.substring(URL.length()).split(";", 2)[0] + ".mv.db").toAbsolutePath());
		}
		return bean;
	}

	private static void create(Path file) {
		try {
			Path directory = Files.createDirectories(file.getParent());
			if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
				Files.createFile(file,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			}
		}
		catch (FileAlreadyExistsException kept) {
			return;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The database cannot be kept in '" + file
					+ "': set 'sample.data' to a directory that can be written", ex);
		}
	}

}
