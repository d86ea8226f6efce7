package dev.throttle.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.jdbc.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application that could not count in PostgreSQL as it is meant to does not
 * start, and for what its user is told then.
 */
@Tag("integration")
class JdbcStartupFailureTests {

	private static final String OWN = "declare a JdbcCacheBackend of your own as a bean called 'cacheBackend'.";

	private static final String NEEDS = "The property 'throttle.backend' is 'jdbc', which needs PostgreSQL 13 or later and tables in it, but ";

	private static TestPostgres postgres;

	private final WebApplicationContextRunner unconnected = WebApplications.small()
		.withPropertyValues("throttle.backend=jdbc", "throttle.rates.anon=1/s", "spring.application.name=shop");

	private final WebApplicationContextRunner runner = this.unconnected
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class));

	@BeforeAll
	static void start() {
		postgres = TestPostgres.start();
	}

	@AfterAll
	static void stop() {
		postgres.close();
	}

	@Test
	void withoutThrottleJdbc() {
		FailureAnalysis failure = failure(
				this.unconnected.withClassLoader(new FilteredClassLoader("dev.throttle.backend.jdbc")));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'jdbc', but throttle-jdbc is not on the class path.");
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependency 'dev.throttle:throttle-jdbc', or set 'throttle.backend' to 'memory' to count in each process separately.");
	}

	@Test
	void withoutDataSource() {
		FailureAnalysis failure = failure(this.unconnected);
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'jdbc', but there is no DataSource bean.");
		assertThat(failure.getAction())
			.contains("'org.postgresql:postgresql'", "set 'spring.datasource.url'",
					"'jdbc:postgresql://localhost:5432/shop'")
			.endsWith(OWN);
	}

	@Test
	void withoutAddressOfTheDatabase() {
		MockEnvironment environment = new MockEnvironment().withProperty("throttle.backend", "jdbc");
		this.runner.withClassLoader(new FilteredClassLoader("org.h2.", "org.hsqldb.", "org.apache.derby."))
			.run((context) -> {
				FailureAnalysis failure = new MissingDatabaseFailureAnalyzer(environment)
					.analyze(context.getStartupFailure());
				assertThat(failure).isNotNull();
				assertThat(failure.getDescription()).startsWith(
						"The property 'throttle.backend' is 'jdbc', but Spring Boot cannot create the DataSource: ");
				assertThat(failure.getAction()).isEqualTo(
						"Set 'spring.datasource.url' to the address of the database, such as 'jdbc:postgresql://localhost:5432/shop', and add the dependency 'org.postgresql:postgresql'. See https://throttle.dev/errors#no-data-source");
				assertThat(
						new MissingDatabaseFailureAnalyzer(new MockEnvironment()).analyze(context.getStartupFailure()))
					.isNull();
			});
	}

	@Test
	void withoutDriverOfTheDatabase() {
		MissingDatabaseFailureAnalyzer analyzer = new MissingDatabaseFailureAnalyzer(
				new MockEnvironment().withProperty("throttle.backend", "jdbc"));
		this.runner.withPropertyValues("spring.datasource.url=jdbc:mysql://localhost/shop").run((context) -> {
			FailureAnalysis failure = analyzer.analyze(context.getStartupFailure());
			assertThat(failure).isNotNull();
			assertThat(failure.getDescription()).startsWith(
					"The property 'throttle.backend' is 'jdbc', but Spring Boot cannot create the DataSource: Failed to load driver class com.mysql.cj.jdbc.Driver");
			assertThat(failure.getAction()).startsWith("Set 'spring.datasource.url' to the address of the database");
		});
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://localhost/shop",
					"spring.datasource.driver-class-name=org.postgresql.Drivers")
			.run((context) -> assertThat(analyzer.analyze(context.getStartupFailure())).isNotNull());
		FailureAnalysis failure = analyzer.analyze(new IllegalStateException("Error creating bean",
				new RuntimeException("Failed to load driver class org.postgresql.Driver")));
		assertThat(failure).isNotNull();
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependency 'org.postgresql:postgresql'. See https://throttle.dev/errors#no-data-source");
	}

	@Test
	void withSeveralDataSources() {
		FailureAnalysis failure = failure(
				this.unconnected.withBean("orders", DriverManagerDataSource.class, DriverManagerDataSource::new)
					.withBean("stock", DriverManagerDataSource.class, DriverManagerDataSource::new));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.backend' is 'jdbc', but there are several DataSource beans and none is primary: 'orders', 'stock'.");
		assertThat(failure.getAction())
			.isEqualTo("Set 'throttle.jdbc.data-source' to the name of the one to count in, or " + OWN);
	}

	@Test
	void dataSourceThatDoesNotExist() {
		FailureAnalysis failure = failure(
				this.unconnected.withBean("orders", DriverManagerDataSource.class, DriverManagerDataSource::new)
					.withPropertyValues("throttle.jdbc.data-source=order"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.jdbc.data-source' is 'order', but there is no DataSource bean with this name (did you mean 'orders'?).");
		assertThat(failure.getAction())
			.isEqualTo("Use one of 'orders', or remove the property to count in the only or primary one.");
	}

	@ParameterizedTest
	@CsvSource({ "always", "never" })
	void withAnotherDatabase(String initializeSchema) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.datasource.url=jdbc:h2:mem:other",
				"throttle.jdbc.initialize-schema=" + initializeSchema));
		assertThat(failure.getDescription()).startsWith(NEEDS + "the database is H2");
		assertThat(failure.getAction()).contains("PostgreSQL").doesNotContain("initialize-schema");
	}

	@ParameterizedTest
	@CsvSource({ "embedded", "never" })
	void withoutTables(String initializeSchema) {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("spring.datasource.url=" + postgres.createDatabase(),
						"throttle.jdbc.initialize-schema=" + initializeSchema));
		assertThat(failure.getDescription()).startsWith(NEEDS).contains("throttle_");
		assertThat(failure.getAction()).contains("dev/throttle/backend/jdbc/schema-postgresql.sql")
			.endsWith("To create them at startup, set 'throttle.jdbc.initialize-schema' to 'always'.");
	}

	@Test
	void withoutTablesWhereConnectionsAreOpenedSlowly() {
		DataSource slow = new DriverManagerDataSource(postgres.createDatabase()) {
			@Override
			public Connection getConnection() throws SQLException {
				LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
				return super.getConnection();
			}
		};
		FailureAnalysis failure = failure(this.unconnected.withBean(HikariDataSource.class, () -> {
			HikariDataSource pool = new HikariDataSource();
			pool.setDataSource(slow);
			return pool;
		}));
		assertThat(failure.getDescription()).startsWith(NEEDS).contains("throttle_");
	}

	@ParameterizedTest
	@CsvSource({ "always", "never" })
	void connectionsOfTheApplicationWithAnotherIsolationLevel(String initializeSchema) {
		String url = postgres.createDatabase();
		this.runner
			.withPropertyValues("spring.datasource.url=" + url, "throttle.jdbc.initialize-schema=always",
					"throttle.jdbc.timeout=10s")
			.run((context) -> assertThat(context).hasNotFailed());
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.datasource.url=" + url,
				"throttle.jdbc.initialize-schema=" + initializeSchema, "throttle.jdbc.maximum-pool-size=0",
				"spring.datasource.hikari.transaction-isolation=TRANSACTION_SERIALIZABLE"));
		assertThat(failure.getDescription()).startsWith(NEEDS).contains("READ COMMITTED");
		assertThat(failure.getAction()).doesNotContain("initialize-schema");
	}

	@Test
	void tablesOfAnotherVersion() {
		String url = postgres.createDatabase();
		TestPostgres.execute(url, "CREATE FUNCTION throttle_version() RETURNS integer LANGUAGE sql AS 'SELECT 99'");
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.datasource.url=" + url,
				"throttle.jdbc.initialize-schema=always"));
		assertThat(failure.getDescription()).startsWith(NEEDS).contains("99");
		assertThat(failure.getAction()).doesNotContain("initialize-schema");
	}

	@Test
	void userWhoMayNotCreateTables() {
		String url = postgres.createDatabase();
		TestPostgres.execute(url, "CREATE ROLE reader LOGIN");
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("spring.datasource.url=" + url.replace("user=postgres", "user=reader"),
						"throttle.jdbc.initialize-schema=always"));
		assertThat(failure.getDescription()).startsWith(
				"The property 'throttle.backend' is 'jdbc', but the database does not let the user create the tables: ERROR: permission denied");
		assertThat(failure.getAction()).contains("schema-postgresql.sql", "remove 'throttle.jdbc.initialize-schema'");
	}

	@Test
	void poolerThatDoesNotKnowPreparedStatements() {
		String url = postgres.createDatabase();
		TestPostgres.execute(url,
				"CREATE FUNCTION throttle_version() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE SQLSTATE ''26000''; END'");
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.datasource.url=" + url));
		assertThat(failure.getDescription()).contains("a pooler does not know the prepared statements of the driver");
		assertThat(failure.getAction()).isEqualTo("Add 'prepareThreshold=0' to the data source's URL.");
	}

	@Test
	void schemaThatDoesNotExist() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues(
				"spring.datasource.url=" + postgres.createDatabase() + "&currentSchema=lost",
				"throttle.jdbc.initialize-schema=always"));
		assertThat(failure.getDescription())
			.contains("the database does not let the user create the tables: ERROR: no schema has been selected");
	}

	@ParameterizedTest
	@CsvSource({ "timeout, 0, 0ms", "timeout, 100000d, 8640000000000ms", "known-denials, -1s, -1000ms",
			"key-prefix, '', ''", "key-prefix, a{b, a{b", "table-prefix, '', ''", "table-prefix, Limits_, Limits_",
			"table-prefix, a-b, a-b", "maximum-pool-size, -1, -1" })
	void settingThatCannotBe(String property, String value, String text) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.datasource.url=jdbc:h2:mem:settings",
				"throttle.jdbc." + property + "=" + value));
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.jdbc." + property + "' is '" + text + "', but ");
		assertThat(failure.getAction()).startsWith("Set it to ");
	}

	@Test
	void hashedIdentsWithoutKey() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.jdbc.hash-idents=true"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.jdbc.hash-idents' is 'true', but there is no key to hash them with.");
	}

	@Test
	void initializationThatDoesNotExist() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.jdbc.initialize-schema=allways"));
		assertThat(failure.getDescription()).contains("throttle.jdbc.initialize-schema", "did you mean 'always'?");
		assertThat(failure.getAction()).isEqualTo("Use one of 'always', 'embedded', 'never'.");
	}

	@Test
	void unknownSetting() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.jdbc.pool-size=3"));
		assertThat(failure.getDescription()).contains("throttle.jdbc.pool-size");
	}

}
