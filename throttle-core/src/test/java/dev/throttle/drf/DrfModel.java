package dev.throttle.drf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of a scenario as Django REST framework does, by its rules or by
 * others in their place.
 */
final class DrfModel {

	private final Scenario scenario;

	private final Rules rules;

	private final Map<String, @Nullable String> rates;

	private final Map<Object, ModelHistory> histories = new HashMap<>();

	DrfModel(Scenario scenario, Rules rules) {
		this.scenario = scenario;
		this.rules = rules;
		this.rates = new HashMap<>(scenario.rates());
	}

	Answer answer(Scenario.Step step) {
		this.rates.putAll(step.changedRates());
		SortedMap<Integer, @Nullable Long> denials = new TreeMap<>();
		List<Asked> asked = asked(step);
		if (this.rules.accounting() == Rules.Accounting.ALL_OR_NOTHING) {
			settle(asked, step.atNanos(), denials);
		}
		else {
			asked.forEach((one) -> settle(List.of(one), step.atNanos(), denials));
		}
		return Answer.of(this.scenario.throttles().size(), denials);
	}

	/**
	 * Return the keys under which a request is counted now, in the order of the
	 * throttles.
	 */
	List<Object> keys(Scenario.Step step) {
		return asked(step).stream().map(Asked::key).toList();
	}

	private List<Asked> asked(Scenario.Step step) {
		List<Asked> asked = new ArrayList<>();
		for (int i = 0; i < this.scenario.throttles().size(); i++) {
			String scope = scope(this.scenario.throttles().get(i), step);
			String rate = (scope != null) ? this.rates.get(scope) : null;
			if (scope != null && rate != null) {
				asked.add(new Asked(i, key(scope, step), ModelRate.parse(rate)));
			}
		}
		return asked;
	}

	/**
	 * Return the scope by which a throttle limits a request, null where it does not.
	 */
	private @Nullable String scope(Scenario.Throttle throttle, Scenario.Step step) {
		return switch (throttle.type()) {
			case "anon" -> (step.user() == null) ? throttle.scopeOr("anon") : null;
			case "user" -> throttle.scopeOr("user");
			case "scoped" -> this.scenario.viewScope(step);
			default -> throw new IllegalArgumentException("Not a throttle: " + throttle);
		};
	}

	private Object key(String scope, Scenario.Step step) {
		String user = step.user();
		if (user != null) {
			return this.rules.key().of(scope, "user", user);
		}
		String address = this.rules.identity()
			.address(step.remoteAddr(), step.xForwardedFor(), this.scenario.numProxies());
		return this.rules.key().of(scope, "address", address);
	}

	/**
	 * Record all if there is room for all.
	 */
	private void settle(List<Asked> together, long now, SortedMap<Integer, @Nullable Long> denials) {
		List<Object> keys = together.stream().map(Asked::key).toList();
		boolean allowed = true;
		for (Asked asked : together) {
			List<Long> live = live(asked, now);
			int permits = Collections.frequency(keys, asked.key());
			if (live.size() + permits > asked.rate().limit()) {
				denials.put(asked.throttle(), this.rules.waiting().nanos(live, asked.rate(), permits, now));
				allowed = false;
			}
		}
		if (allowed) {
			together.forEach((asked) -> record(asked, now));
		}
	}

	private void record(Asked asked, long now) {
		List<Long> live = live(asked, now);
		live.add(this.rules.clock().recordedAt(now, live));
		this.rules.retention().store(history(asked), live, asked.rate(), now);
	}

	private List<Long> live(Asked asked, long now) {
		return this.rules.retention().live(history(asked), asked.rate(), now);
	}

	private ModelHistory history(Asked asked) {
		return this.histories.computeIfAbsent(asked.key(), (key) -> new ModelHistory());
	}

	private record Asked(int throttle, Object key, ModelRate rate) {
	}

}
