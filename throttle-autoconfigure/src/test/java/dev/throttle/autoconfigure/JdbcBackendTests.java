package dev.throttle.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.jdbc.JdbcCacheBackend;
import dev.throttle.backend.jdbc.JdbcSchema;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.jdbc.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.sql.init.SqlInitializationAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for counting in the PostgreSQL of the application.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("integration")
class JdbcBackendTests {

	private static final Policy POLICY = Policy.of("login", Rate.parse("2/hour"));

	private static final String KEYS = "SELECT string_agg(key, ' ') FROM throttle_history WHERE key NOT LIKE '%probe'";

	private static final String OWN_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

	private static TestPostgres postgres;

	private String url;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				SqlInitializationAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private ApplicationContextRunner shared;

	@BeforeAll
	static void start() {
		postgres = TestPostgres.start();
	}

	@AfterAll
	static void stop() {
		postgres.close();
	}

	@BeforeEach
	void createDatabase() {
		this.url = postgres.createDatabase();
		this.shared = this.runner.withPropertyValues("throttle.backend=jdbc", "throttle.jdbc.timeout=10s",
				"throttle.jdbc.initialize-schema=always", "spring.datasource.url=" + this.url);
	}

	@Test
	void countsInMemoryWhereNothingIsSaid() {
		this.runner.withPropertyValues("spring.datasource.url=" + this.url)
			.run((context) -> assertThat(context).hasSingleBean(CacheBackend.class)
				.hasSingleBean(MemoryCacheBackend.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc", "JDBC" })
	void countsInTheDatabaseOfTheApplication(String backend) {
		this.shared.withPropertyValues("throttle.backend=" + backend).run((context) -> {
			assertThat(context).hasSingleBean(CacheBackend.class).hasSingleBean(JdbcCacheBackend.class);
			assertThat(context.getBean("cacheBackend"))
				.hasToString("PostgreSQL (" + this.url.replaceAll("jdbc:postgresql://|\\?.*", "") + ")");
			assertThat(ask(context)).isEqualTo("allowed allowed denied");
			assertThat(TestPostgres.query(this.url, KEYS)).isEqualTo("throttle:shop:user:alice:login");
		});
	}

	@Test
	void instancesShareTheirCounts() {
		List<String> answers = new ArrayList<>();
		this.shared.run((first) -> this.shared.run((second) -> {
			for (ApplicationContext context : List.of(first, second, first, second)) {
				answers.add(decide(context).isAllowed() ? "allowed" : "denied");
			}
		}));
		assertThat(answers).containsExactly("allowed", "allowed", "denied", "denied");
	}

	@Test
	void ratesThatAreSetAtRunTimeAreShared() {
		this.shared.run((context) -> assertThat(context).getBean(RateOverrides.class)
			.isSameAs(context.getBean(JdbcCacheBackend.class).rateOverrides()));
	}

	@Test
	void identsAreHashedWhereTheApplicationSaysSo() {
		this.shared
			.withPropertyValues("throttle.jdbc.hash-idents=true", "throttle.client.hash-secret=a long random text",
					"throttle.jdbc.key-prefix=shop")
			.run((context) -> {
				decide(context);
				assertThat(TestPostgres.query(this.url, KEYS)).startsWith("shop:user:#").doesNotContain("alice");
			});
	}

	@Test
	void applicationWithoutANameIsToldThatItSharesItsKeys(CapturedOutput output) {
		this.shared.withPropertyValues("spring.application.name=").run(JdbcBackendTests::decide);
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("in PostgreSQL")
			.endsWith("Set 'spring.application.name' or 'throttle.jdbc.key-prefix'");
	}

	@Test
	void tablesHaveThePrefixOfTheApplicationAndAreUnlogged() {
		this.shared.withPropertyValues("throttle.jdbc.table-prefix=limits_", "throttle.jdbc.unlogged=true")
			.run((context) -> {
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
				assertThat(TestPostgres.query(this.url,
						"SELECT string_agg(DISTINCT left(relname, 7) || relpersistence::text, ' ') FROM pg_class WHERE relkind = 'r' AND relname LIKE '%history'"))
					.isEqualTo("limits_u");
			});
		this.shared.withPropertyValues("throttle.jdbc.table-prefix=limits_", "throttle.jdbc.initialize-schema=never")
			.run((context) -> assertThat(ask(context)).isEqualTo("denied denied denied"));
	}

	@Test
	void tablesThatScriptsOfTheApplicationCreateAreThereInTime() {
		this.shared
			.withPropertyValues("throttle.jdbc.initialize-schema=never", "spring.sql.init.mode=always",
					"spring.sql.init.separator=^^^ END OF SCRIPT ^^^",
					"spring.sql.init.schema-locations=classpath:" + JdbcSchema.SCRIPT)
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
	}

	@Test
	void tablesThatFlywayCreatesAreThereInTime(@TempDir Path migrations) throws IOException {
		Files.writeString(migrations.resolve("V1__throttle.sql"),
				new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).script());
		this.shared.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
			.withPropertyValues("throttle.jdbc.initialize-schema=never",
					"spring.flyway.locations=filesystem:" + migrations)
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
	}

	@Test
	void applicationWhoseConnectionsAreAllInUseIsThrottled() {
		this.shared.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1").run((context) -> {
			try (Connection only = context.getBean(DataSource.class).getConnection()) {
				assertThat(only.isValid(1)).isTrue();
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
			}
		});
	}

	@Test
	void connectionsAreAFewOfItsOwnAndAreClosed() {
		this.shared.withPropertyValues("throttle.jdbc.maximum-pool-size=1").run((context) -> {
			assertThat(context).hasSingleBean(DataSource.class);
			decide(context);
			HikariDataSource application = (HikariDataSource) context.getBean(DataSource.class);
			assertThat(application.getHikariPoolMXBean()).isNull();
			assertThat(TestPostgres.query(this.url, OWN_CONNECTIONS)).isEqualTo("1");
		});
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(TestPostgres.query(this.url, OWN_CONNECTIONS)).isEqualTo("0"));
	}

	@Test
	void connectionsAreOpenedAsTheUserThatTheApplicationNamesLater() {
		TestPostgres.execute(this.url, "CREATE ROLE rotated SUPERUSER LOGIN");
		this.shared.withPropertyValues("spring.datasource.url=" + this.url.replace("?user=postgres", ""),
				"spring.datasource.username=nobody", "throttle.jdbc.maximum-pool-size=1", "throttle.jdbc.timeout=1s")
			.run((context) -> {
				HikariDataSource application = (HikariDataSource) context.getBean(DataSource.class);
				assertThat(context.getBean("cacheBackend", CacheBackend.class).isAvailable()).isFalse();
				application.getHikariConfigMXBean().setUsername("rotated");
				await().atMost(Duration.ofSeconds(10))
					.until(context.getBean("cacheBackend", CacheBackend.class)::isAvailable);
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
			});
	}

	@Test
	void loginTimeoutOfTheProcessStaysAsItIs() {
		DriverManager.setLoginTimeout(17);
		try {
			this.shared.run((context) -> {
				decide(context);
				assertThat(DriverManager.getLoginTimeout()).isEqualTo(17);
			});
		}
		finally {
			DriverManager.setLoginTimeout(0);
		}
	}

	@Test
	void connectionsOfTheApplicationAreUsedWhereItSaysSo(CapturedOutput output) {
		this.shared.withPropertyValues("throttle.jdbc.maximum-pool-size=0").run((context) -> {
			assertThat(context.getBean("cacheBackend")).hasToString("PostgreSQL (connections of the application)");
			assertThat(ask(context)).isEqualTo("allowed allowed denied");
			assertThat(((HikariDataSource) context.getBean(DataSource.class)).getHikariPoolMXBean()).isNotNull();
		});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void connectionsOfTheApplicationThatAreAllInUseAreAnOutageWithinTheTimeout() {
		this.shared
			.withPropertyValues("throttle.jdbc.maximum-pool-size=0", "throttle.jdbc.timeout=1s",
					"spring.datasource.hikari.maximum-pool-size=1")
			.run((context) -> {
				assertThat(decide(context).decidedBy()).isEqualTo(DecidedBy.BACKEND);
				try (Connection only = context.getBean(DataSource.class).getConnection()) {
					assertThat(only.isValid(1)).isTrue();
					long start = System.nanoTime();
					assertThat(decide(context).decidedBy()).isEqualTo(DecidedBy.LOCAL);
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
				}
				await().atMost(Duration.ofSeconds(10)).until(() -> decide(context).decidedBy() == DecidedBy.BACKEND);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "com.zaxxer.hikari" })
	void connectionsOfTheApplicationAreUsedWhereItHasAnotherPool(String missing, CapturedOutput output) {
		ApplicationContextRunner other = this.shared.withBean(DataSource.class,
				() -> new DriverManagerDataSource(this.url));
		(missing.isEmpty() ? other : other.withClassLoader(new FilteredClassLoader(missing)))
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("is not a HikariCP pool")
			.endsWith("set 'throttle.jdbc.maximum-pool-size' to '0'");
	}

	@Test
	void transactionThatIsRolledBackTakesNothingBack() {
		DataSource target = new DriverManagerDataSource(this.url);
		this.shared.withBean(DataSource.class, () -> new TransactionAwareDataSourceProxy(target))
			.withPropertyValues("throttle.jdbc.maximum-pool-size=0")
			.run((context) -> {
				context.getBean(TransactionTemplate.class).executeWithoutResult((transaction) -> {
					assertThat(ask(context)).isEqualTo("allowed allowed denied");
					transaction.setRollbackOnly();
				});
				assertThat(decide(context).isAllowed()).isFalse();
			});
	}

	@Test
	void dataSourceIsTheOneThatTheApplicationNames() {
		String orders = postgres.createDatabase();
		this.shared.withBean("orders", DataSource.class, () -> new DriverManagerDataSource(orders))
			.withBean("stock", DataSource.class, () -> new DriverManagerDataSource(this.url))
			.withPropertyValues("throttle.jdbc.data-source=stock")
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
		assertThat(TestPostgres.query(this.url, KEYS)).contains("alice");
	}

	@Test
	void ownBackendComesFirst() {
		this.shared.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CacheBackend.class)
				.doesNotHaveBean(JdbcCacheBackend.class));
	}

	@Test
	void nothingOfTheDatabaseIsTouchedWhereThrottlingIsDisabled() {
		this.shared.withPropertyValues("throttle.enabled=false")
			.withClassLoader(new FilteredClassLoader("dev.throttle.backend.jdbc"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(MemoryCacheBackend.class));
		assertThat(TestPostgres.query(this.url, OWN_CONNECTIONS)).isEqualTo("0");
	}

	@Test
	void settingsOfTheDatabaseAreNotReadWhileItIsNotChosen() {
		this.runner
			.withPropertyValues("throttle.backend=memory", "throttle.jdbc.timeout=0s",
					"throttle.jdbc.table-prefix=no prefix", "spring.datasource.url=" + this.url)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void startsWhileTheDatabaseIsDownAndAnswersAsConfigured() {
		ApplicationContextRunner down = this.shared.withPropertyValues(
				"spring.datasource.url=" + TestPostgres.url(TestPostgres.freePort(), "postgres"),
				"throttle.jdbc.timeout=250ms");
		down.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
		down.withPropertyValues("throttle.on-failure=allow")
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed allowed"));
		down.withPropertyValues("throttle.on-failure=allow", "throttle.scopes.LOGIN.on-failure=deny")
			.run((context) -> assertThatExceptionOfType(BackendUnavailableException.class)
				.isThrownBy(() -> decide(context)));
	}

	@Test
	void tablesAreCreatedOnceTheDatabaseIsThere() {
		int port = TestPostgres.freePort();
		this.shared
			.withPropertyValues("spring.datasource.url=" + TestPostgres.url(port, "postgres"),
					"throttle.jdbc.timeout=1s")
			.run((context) -> {
				CacheBackend backend = context.getBean("cacheBackend", CacheBackend.class);
				assertThat(backend.isAvailable()).isFalse();
				try (TestPostgres late = TestPostgres.start(port)) {
					await().atMost(Duration.ofSeconds(10)).until(backend::isAvailable);
					assertThat(ask(context)).isEqualTo("allowed allowed denied");
					assertThat(TestPostgres.query(late.url(), KEYS)).contains("alice");
				}
			});
	}

	@Test
	void serverThatIsReadOnlyAtStartupIsWarnedOf(CapturedOutput output) {
		this.shared
			.withPropertyValues("spring.datasource.url=" + this.url + "&options=-c%20default_transaction_read_only=on")
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("targetServerType=primary"))).first()
			.asString()
			.contains("cannot be created, because the server is read-only: ERROR: cannot execute CREATE");
	}

	@Test
	void defaultsAreThoseOfTheBackend() {
		JdbcProperties defaults = new ThrottleProperties().getJdbc();
		assertThat(defaults.getTimeout()).isEqualTo(JdbcCacheBackend.DEFAULT_TIMEOUT);
		assertThat(defaults.getKnownDenials()).isEqualTo(RemoteBackendBuilder.DEFAULT_KNOWN_DENIALS);
		assertThat(defaults.getTablePrefix()).isEqualTo(JdbcSchema.DEFAULT_TABLE_PREFIX);
	}

	private static String ask(ApplicationContext context) {
		List<String> answers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			answers.add(decide(context).isAllowed() ? "allowed" : "denied");
		}
		return String.join(" ", answers);
	}

	private static Outcome decide(ApplicationContext context) {
		return context.getBean("cacheBackend", CacheBackend.class)
			.decide(List.of(new QuotaGroup(List.of(new Quota(Client.user("alice"), POLICY, 1)))))
			.get(0);
	}

}
