package dev.throttle.backend.jdbc;

import java.sql.SQLException;
import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.test.store.Containers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The contract, held by the oldest PostgreSQL that is supported, in Docker where that
 * answers.
 */
class PostgresImageContractTests extends JdbcCacheBackendContractTests {

	private static final String IMAGE = "postgres:13-alpine";

	private static final int PORT = 5432;

	private static GenericContainer<?> container;

	@Override
	HikariDataSource createPool() throws SQLException {
		Assumptions.assumeTrue(Containers.answer(), "Docker does not answer");
		// it is ready once to be set up, and then for good
		container = new GenericContainer<>(DockerImageName.parse(IMAGE)).withExposedPorts(PORT)
			.withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
			.waitingFor(Wait.forLogMessage(".*ready to accept connections.*", 2));
		Assumptions.assumeTrue(Containers.tryStart(container), "Docker has no " + IMAGE);
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource
			.setURL("jdbc:postgresql://" + container.getHost() + ":" + container.getMappedPort(PORT) + "/postgres");
		dataSource.setUser("postgres");
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(dataSource);
		return PostgresFixture.pool(dataSource, 8, Duration.ofSeconds(10));
	}

	@AfterAll
	static void stop() {
		if (container != null) {
			container.close();
		}
	}

}
