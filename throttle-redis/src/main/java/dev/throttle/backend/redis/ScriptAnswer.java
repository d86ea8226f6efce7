package dev.throttle.backend.redis;

import java.util.List;

import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the script answers to one request.
 *
 * @param outcomes the outcomes, null where it was not decided
 * @param error why it could not be decided, null where it was or the script came too late
 */
record ScriptAnswer(@Nullable List<Outcome> outcomes, @Nullable String error) {

	/** Nothing was recorded, as the deadline was over. */
	static final ScriptAnswer TOO_LATE = new ScriptAnswer(null, null);

	static ScriptAnswer decided(List<Outcome> outcomes) {
		return new ScriptAnswer(outcomes, null);
	}

	static ScriptAnswer failed(String error) {
		return new ScriptAnswer(null, error);
	}

}
