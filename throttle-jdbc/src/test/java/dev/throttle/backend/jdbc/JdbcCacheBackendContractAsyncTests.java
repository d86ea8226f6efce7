package dev.throttle.backend.jdbc;

import java.sql.SQLException;

import dev.throttle.test.store.Driver;

/**
 * The contract, held by the stages of decisions, and by histories most of which have
 * chunks.
 */
class JdbcCacheBackendContractAsyncTests extends JdbcCacheBackendContractTests {

	@Override
	String tablePrefix() throws SQLException {
		PostgresFixture.createSmallChunks();
		return PostgresFixture.SMALL_CHUNKS;
	}

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
