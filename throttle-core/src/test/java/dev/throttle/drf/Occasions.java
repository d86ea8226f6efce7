package dev.throttle.drf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What has happened in a scenario so far that may make a rule matter.
 */
final class Occasions {

	private final Map<Object, Object> keysOfDrf = new HashMap<>();

	private final Map<Object, Object> keysOfIdentity = new HashMap<>();

	private final Map<Object, Object> keysOfIdentityByOwn = new HashMap<>();

	private final Map<Object, Object> ownKeys = new HashMap<>();

	private boolean clientsDiffer;

	private boolean kindsMeet;

	private boolean rateChanged;

	private boolean clockWentBack;

	private boolean limitOfZero;

	private boolean severalAsked;

	private Scenario.@Nullable Step previous;

	Occasions(Scenario scenario) {
		this.limitOfZero = hasLimitOfZero(scenario.rates());
	}

	/**
	 * Take note of a request.
	 * @param step the request
	 * @param drf its keys by the rules of Django REST framework
	 * @param identity its keys with this project's rules for identity
	 * @param own its keys by this project's rules
	 */
	void see(Scenario.Step step, List<Object> drf, List<Object> identity, List<Object> own) {
		for (int i = 0; i < drf.size(); i++) {
			this.clientsDiffer |= isOther(this.keysOfDrf, drf.get(i), identity.get(i))
					| isOther(this.keysOfIdentity, identity.get(i), drf.get(i));
			this.kindsMeet |= isOther(this.keysOfIdentityByOwn, identity.get(i), own.get(i))
					| isOther(this.ownKeys, own.get(i), identity.get(i));
		}
		this.rateChanged |= !step.changedRates().isEmpty();
		this.limitOfZero |= hasLimitOfZero(step.changedRates());
		this.clockWentBack |= this.previous != null && step.atNanos() < this.previous.atNanos();
		this.severalAsked |= own.size() > 1;
		this.previous = step;
	}

	private static boolean hasLimitOfZero(Map<String, @Nullable String> rates) {
		return rates.values().stream().anyMatch((rate) -> rate != null && ModelRate.parse(rate).limit() == 0);
	}

	private static boolean isOther(Map<Object, Object> counterparts, Object key, Object counterpart) {
		Object known = counterparts.putIfAbsent(key, counterpart);
		return known != null && !known.equals(counterpart);
	}

	/**
	 * Return whether a rule may have made a difference.
	 */
	boolean allow(Rule rule) {
		return switch (rule) {
			case IDENTITY, PASSED_PROXY -> this.clientsDiffer;
			case KEY -> this.kindsMeet;
			case RETENTION -> this.rateChanged || this.clockWentBack;
			case CLOCK -> this.clockWentBack;
			case WAIT -> this.rateChanged;
			case LIMIT_OF_ZERO -> this.limitOfZero;
			case ACCOUNTING -> this.severalAsked;
		};
	}

}
