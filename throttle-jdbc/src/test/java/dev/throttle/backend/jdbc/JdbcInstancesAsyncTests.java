package dev.throttle.backend.jdbc;

/**
 * The same, by the stages of decisions.
 */
class JdbcInstancesAsyncTests extends JdbcInstancesTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
