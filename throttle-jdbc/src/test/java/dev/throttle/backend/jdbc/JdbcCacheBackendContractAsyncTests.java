package dev.throttle.backend.jdbc;

/**
 * The contract, held by the stages of decisions.
 */
class JdbcCacheBackendContractAsyncTests extends JdbcCacheBackendContractTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
