package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Boundaries of the calendar, where no thread waits for decisions.
 */
class RedisCalendarClockAsyncTests extends RedisCalendarClockTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
