package dev.throttle.backend.jdbc;

import dev.throttle.test.store.Driver;

/**
 * The same, by the stages of decisions.
 */
class JdbcInstancesAsyncTests extends JdbcInstancesTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
