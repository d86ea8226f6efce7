package dev.throttle.engine;

import dev.throttle.ThrottledException;
import org.jspecify.annotations.Nullable;

/**
 * A denial that knows its decision, so that the answer can tell about its quotas.
 */
final class DeniedException extends ThrottledException {

	/** Lost if the exception is serialized. */
	private final transient @Nullable Decision decision;

	DeniedException(ThrottledException denied, Decision decision) {
		super(denied);
		this.decision = decision;
	}

	@Nullable Decision decision() {
		return this.decision;
	}

}
