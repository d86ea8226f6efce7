package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How tables and functions come into the database.
 */
@Tag("integration")
class JdbcSchemaTests {

	private static final Quota QUOTA = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("5/hour")), 2);

	private static final PGSimpleDataSource ADMIN = PostgresFixture.server().dataSource("postgres");

	private final List<JdbcCacheBackend> backends = new ArrayList<>();

	@AfterEach
	void close() {
		this.backends.forEach(JdbcCacheBackend::close);
	}

	@Test
	void schemaThatIsMissingIsNamed() {
		assertThatExceptionOfType(JdbcSchemaException.class)
			.isThrownBy(() -> new JdbcSchema("missing_", false).check(ADMIN))
			.withMessageContaining("missing_version")
			.matches(JdbcSchemaException::isMissing)
			.satisfies((ex) -> assertThat(ex.getAction()).contains(JdbcSchema.SCRIPT));
	}

	@Test
	void schemaOfAnotherVersionIsRefused() throws SQLException {
		execute("CREATE FUNCTION other_version() RETURNS integer LANGUAGE sql AS 'SELECT 7'");
		JdbcSchema schema = new JdbcSchema("other_", false);
		assertThatExceptionOfType(JdbcSchemaException.class).isThrownBy(() -> schema.check(ADMIN))
			.withMessageContaining("version 7");
		assertThatExceptionOfType(JdbcSchemaException.class).isThrownBy(() -> schema.initialize(ADMIN));
	}

	@Test
	void driverThatSendsOnlySimpleQueriesCounts() throws SQLException {
		PGSimpleDataSource simple = PostgresFixture.server().dataSource("postgres");
		simple.setPreferQueryMode(PreferQueryMode.SIMPLE);
		JdbcSchema schema = new JdbcSchema("simple_", false);
		schema.initialize(simple);
		schema.check(simple);
		assertThat(backend(simple, "simple_").decide(QUOTA)).allMatch(Outcome::isAllowed);
	}

	@Test
	void tablesThatWereDroppedWithoutTheFunctionsAreMissing() throws SQLException {
		JdbcSchema schema = new JdbcSchema("dropped_", false);
		schema.initialize(ADMIN);
		execute("DROP TABLE dropped_history");
		assertThatExceptionOfType(JdbcSchemaException.class).isThrownBy(() -> schema.check(ADMIN))
			.withMessageContaining("dropped_*")
			.matches(JdbcSchemaException::isMissing);
		schema.initialize(ADMIN);
		assertThat(backend(ADMIN, "dropped_").decide(QUOTA)).allMatch(Outcome::isAllowed);
	}

	@Test
	void manyInstancesMayInitializeAtOnce() throws Exception {
		JdbcSchema schema = new JdbcSchema("at_once_", false);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<Future<?>> all = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			all.add(threads.submit(() -> {
				schema.initialize(ADMIN);
				return null;
			}));
		}
		for (Future<?> each : all) {
			each.get();
		}
		threads.shutdown();
		schema.check(ADMIN);
		assertThat(backend(ADMIN, "at_once_").decide(QUOTA)).allMatch(Outcome::isAllowed);
	}

	@Test
	void unloggedTablesAreNotInTheLog() throws SQLException {
		new JdbcSchema("fast_", true).initialize(ADMIN);
		assertThat(query(
				"SELECT string_agg(DISTINCT relpersistence::text, '') FROM pg_class WHERE relname LIKE 'fast\\_%'"))
			.isEqualTo("u");
		assertThat(backend(ADMIN, "fast_").decide(QUOTA)).allMatch(Outcome::isAllowed);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Throttle_", "a-b", "1_", "a.b_", "x'; DROP TABLE y; --", "a\n", "ä_" })
	void prefixThatIsNoNameIsRefused(String prefix) {
		assertThatIllegalArgumentException().isThrownBy(() -> new JdbcSchema(prefix, false))
			.withMessageContaining("'" + prefix + "'");
		JdbcCacheBackend.Builder builder = JdbcCacheBackend.builder(ADMIN, MemoryCacheBackend.builder().build());
		assertThatIllegalArgumentException().isThrownBy(() -> builder.tablePrefix(prefix))
			.withMessageContaining("'" + prefix + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "current_", "local" })
	void prefixMayBeginAsAFunctionOfSqlDoes(String prefix) throws SQLException {
		new JdbcSchema(prefix, false).initialize(ADMIN);
		assertThat(backend(ADMIN, prefix).decide(QUOTA)).allMatch(Outcome::isAllowed);
	}

	@Test
	void usersWithTheRightsOfTheScriptCountAndOthersDoNot() throws SQLException {
		execute("CREATE SCHEMA limits; CREATE ROLE app LOGIN; CREATE ROLE stranger LOGIN;"
				+ "GRANT USAGE ON SCHEMA limits TO app, stranger");
		PGSimpleDataSource owner = inSchema("postgres");
		new JdbcSchema("throttle_", false).initialize(owner);
		execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limits TO app");
		JdbcCacheBackend backend = backend(inSchema("app"), "throttle_");
		Outcome outcome = backend.decide(QUOTA).get(0);
		assertThat(outcome.remaining()).isEqualTo(3);
		assertThat(backend.settle(List.of(new Settlement(QUOTA, outcome, 1))))
			.containsExactly(Settlement.Result.SETTLED);
		backend.reset(QUOTA.client(), Scope.of("user"));
		assertThat(backend.peek(new QuotaGroup(List.of(QUOTA))).get(0).remaining()).isEqualTo(5);
		backend.rateOverrides().set("user", "7/hour", null);
		assertThat(query("SELECT rates FROM limits.throttle_override")).isEqualTo("7/hour");
		assertThatExceptionOfType(BackendUnavailableException.class)
			.isThrownBy(() -> backend(inSchema("stranger"), "throttle_").decide(QUOTA));
	}

	private static PGSimpleDataSource inSchema(String user) {
		PGSimpleDataSource dataSource = PostgresFixture.server().dataSource(user);
		dataSource.setCurrentSchema("limits");
		return dataSource;
	}

	private JdbcCacheBackend backend(PGSimpleDataSource dataSource, String tablePrefix) {
		JdbcCacheBackend backend = JdbcCacheBackend.builder(dataSource, MemoryCacheBackend.builder().build())
			.tablePrefix(tablePrefix)
			.timeout(Duration.ofSeconds(10))
			.onFailure((scope) -> OnFailure.DENY)
			.build();
		this.backends.add(backend);
		return backend;
	}

	private static void execute(String sql) throws SQLException {
		try (Connection connection = ADMIN.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String query(String sql) throws SQLException {
		try (Connection connection = ADMIN.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
