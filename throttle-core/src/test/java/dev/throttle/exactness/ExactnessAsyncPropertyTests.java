package dev.throttle.exactness;

import dev.throttle.engine.Driver;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.PropertyDefaults;

/**
 * The same traffic where nobody waits.
 */
@PropertyDefaults(tries = 40, edgeCases = EdgeCasesMode.NONE)
class ExactnessAsyncPropertyTests extends ExactnessPropertyTests {

	@Override
	Driver driver() {
		return Driver.ASYNCHRONOUS;
	}

}
