package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many classes a request passes on its way to the driver.
 */
@Tag("integration")
class JdbcFloorsTests {

	private final Set<String> floors = ConcurrentHashMap.newKeySet();

	@ParameterizedTest
	@EnumSource(Driver.class)
	void requestPassesFiveClassesAtMost(Driver driver) {
		assertThat(floors(driver)).contains("JdbcCacheBackend", "ServerFunctions").hasSizeLessThanOrEqualTo(5);
	}

	private Set<String> floors(Driver driver) {
		try (JdbcCacheBackend backend = JdbcCacheBackend.builder(watched(), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(10))
			.build()) {
			List<QuotaGroup> request = List.of(new QuotaGroup(
					List.of(new Quota(Client.user("floors"), Policy.of("user", Rate.parse("100/hour"))))));
			driver.decide(backend, request);
			this.floors.clear();
			assertThat(driver.decide(backend, request)).allMatch((outcome) -> outcome.decidedAt() != null);
			return Set.copyOf(this.floors);
		}
	}

	private DataSource watched() {
		PGSimpleDataSource server = PostgresFixture.server().dataSource("postgres");
		return new HikariDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				JdbcFloorsTests.this.floors.addAll(classesOnTheStack());
				return server.getConnection();
			}

		};
	}

	private static Set<String> classesOnTheStack() {
		return Stream.of(Thread.currentThread().getStackTrace())
			.map(StackTraceElement::getClassName)
			.map((name) -> name.replaceAll("[$].*", ""))
			.filter((name) -> name.startsWith("dev.throttle.backend."))
			.map((name) -> name.substring(name.lastIndexOf('.') + 1))
			.filter((name) -> !Set.of("JdbcFloorsTests", "Driver").contains(name))
			.collect(Collectors.toSet());
	}

}
