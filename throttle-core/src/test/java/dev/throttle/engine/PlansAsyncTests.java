package dev.throttle.engine;

/**
 * The same plans where nobody waits.
 */
class PlansAsyncTests extends PlansTests {

	@Override
	Driver driver() {
		return Driver.ASYNCHRONOUS;
	}

}
