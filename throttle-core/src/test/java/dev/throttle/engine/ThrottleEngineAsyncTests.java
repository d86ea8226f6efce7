package dev.throttle.engine;

/**
 * The same decisions where nobody waits.
 */
class ThrottleEngineAsyncTests extends ThrottleEngineTests {

	@Override
	Driver driver() {
		return Driver.ASYNCHRONOUS;
	}

}
