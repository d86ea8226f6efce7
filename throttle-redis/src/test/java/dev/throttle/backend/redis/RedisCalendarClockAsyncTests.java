package dev.throttle.backend.redis;

/**
 * Boundaries of the calendar, where no thread waits for decisions.
 */
class RedisCalendarClockAsyncTests extends RedisCalendarClockTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
