package dev.throttle.backend.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.IdleThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server whose disk is full: the tables are on a small one.
 */
@Tag("integration")
class JdbcFullDiskTests {

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	/** By default, for a machine that is busy. */
	private static final Duration MARGIN = Duration.ofMillis(Integer.getInteger("deadline.margin", 500));

	private static final Policy POLICY = Policy.of("user", Rate.parse("100/hour"));

	private PostgresProcess server;

	private Path disk;

	@BeforeEach
	void mount() throws IOException, SQLException {
		Assumptions.assumeTrue(PostgresProcess.isRoot(), "Only root can mount a small disk");
		Path directory = Files.createTempDirectory("throttle-disk");
		try {
			PostgresProcess.run("mount", "-t", "tmpfs", "-o", "size=2m,mode=700,uid=nobody", "tmpfs",
					directory.toString());
		}
		catch (IOException ex) {
			Assumptions.abort("A small disk cannot be mounted: " + ex.getMessage());
		}
		this.disk = directory;
		this.server = PostgresProcess.start();
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(this.server.dataSource());
		execute("CREATE TABLESPACE small LOCATION '" + this.disk + "'");
		execute("ALTER TABLE throttle_history SET TABLESPACE small");
	}

	@AfterEach
	void unmount() throws IOException {
		if (this.server != null) {
			this.server.close();
		}
		if (this.disk != null) {
			PostgresProcess.run("umount", this.disk.toString());
			Files.delete(this.disk);
		}
	}

	@Test
	void fullDiskIsAnOutageThatRecordsNothingAndIsOverSoonAfterThereIsSpace() throws IOException {
		try (HikariDataSource pool = PostgresFixture.pool(this.server, 2, TIMEOUT);
				JdbcCacheBackend backend = JdbcCacheBackend.builder(pool, MemoryCacheBackend.builder().build())
					.timeout(TIMEOUT)
					.build();
				IdleThread idle = IdleThread.start()) {
			await().until(() -> decide(backend, "warm-up").decidedBy() == DecidedBy.BACKEND);
			Path filling = fill();
			int known = 0;
			while (backend.isAvailable()) {
				assertThat(known).as("requests that fit on a full disk").isLessThan(50_000);
				decide(backend, "user-" + known++);
			}
			List<String> undecided = new ArrayList<>();
			for (int i = known; i < known + 100; i++) {
				long start = System.nanoTime();
				Outcome outcome = decide(backend, "user-" + i);
				Duration took = Duration.ofNanos(System.nanoTime() - start);
				assertThat(took).isLessThan(TIMEOUT.plus(MARGIN).plus(idle.longestStall()));
				assertThat(outcome.isAllowed()).isTrue();
				if (outcome.decidedBy() == DecidedBy.LOCAL) {
					undecided.add("user-" + i);
				}
			}
			assertThat(undecided).hasSizeGreaterThan(90);
			Files.delete(filling);
			await().atMost(Duration.ofSeconds(2).plus(MARGIN))
				.until(() -> decide(backend, "after").decidedBy() == DecidedBy.BACKEND);
			assertThat(undecided).allSatisfy((user) -> assertThat(remaining(backend, user)).isEqualTo(100));
		}
	}

	private static long remaining(JdbcCacheBackend backend, String user) {
		return await()
			.until(() -> backend.peek(new QuotaGroup(List.of(quota(user)))).get(0),
					(outcome) -> outcome.decidedBy() == DecidedBy.BACKEND)
			.remaining();
	}

	/**
	 * Fill the disk.
	 * @return the file, to be deleted
	 */
	private Path fill() throws IOException {
		Path file = this.disk.resolve("filling");
		try {
			Files.write(file, new byte[2 * 1024 * 1024]);
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("No space left on device");
		}
		return file;
	}

	private static Outcome decide(JdbcCacheBackend backend, String user) {
		return backend.decide(quota(user)).get(0);
	}

	private static Quota quota(String user) {
		return new Quota(Client.user(user), POLICY);
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = this.server.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
