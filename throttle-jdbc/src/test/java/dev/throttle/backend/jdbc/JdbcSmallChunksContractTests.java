package dev.throttle.backend.jdbc;

import java.sql.SQLException;

/**
 * The contract, held by histories most of which have chunks.
 */
class JdbcSmallChunksContractTests extends JdbcCacheBackendContractTests {

	@Override
	String tablePrefix() throws SQLException {
		PostgresFixture.createSmallChunks();
		return PostgresFixture.SMALL_CHUNKS;
	}

}
