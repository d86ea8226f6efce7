package dev.throttle.drf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The rules in which this project is not Django REST framework, in the order in which the
 * model is told them.
 */
enum Rule {

	/**
	 * Forwarded addresses are believed only as configured, and parsed.
	 */
	IDENTITY((rules) -> rules.withIdentity(OwnRules::identity)),

	/**
	 * A header with fewer entries than there are proxies is not believed.
	 */
	PASSED_PROXY((rules) -> rules.withIdentity(OwnRules::identityBehindAllProxies)),

	/**
	 * The kind of an ident is part of the key.
	 */
	KEY((rules) -> rules.withKey(OwnRules::key)),

	/**
	 * A request is kept for the longest period that was lately in force.
	 */
	RETENTION((rules) -> rules.withRetention(new OwnRules.Retention())),

	/**
	 * A clock that goes back does not change the order of requests.
	 */
	CLOCK((rules) -> rules.withClock(OwnRules::recordedAt)),

	/**
	 * A denied client is always told the exact wait.
	 */
	WAIT((rules) -> rules.withWait(OwnRules::waitNanos)),

	/**
	 * A limit of 0 tells no time to come back, as there is none.
	 */
	LIMIT_OF_ZERO((rules) -> rules.withWait(OwnRules::trueWaitNanos)),

	/**
	 * A request that one throttle denies is recorded by none.
	 */
	ACCOUNTING((rules) -> rules.withAccounting(Rules.Accounting.ALL_OR_NOTHING));

	private final UnaryOperator<Rules> change;

	Rule(UnaryOperator<Rules> change) {
		this.change = change;
	}

	/**
	 * Return the rules of Django REST framework and those that come of them when they are
	 * changed one after the other, up to and with the last.
	 */
	static List<Rules> changesUpTo(Rule last) {
		List<Rules> changes = new ArrayList<>();
		changes.add(Rules.ofDrf(true));
		for (Rule rule : values()) {
			if (rule.compareTo(last) <= 0) {
				changes.add(rule.change.apply(changes.get(changes.size() - 1)));
			}
		}
		return changes;
	}

	/**
	 * Return the rules of this project with the accounting of Django REST framework.
	 */
	static Rules independent() {
		return changesUpTo(LIMIT_OF_ZERO).get(LIMIT_OF_ZERO.ordinal() + 1);
	}

	/**
	 * Return the rules of this project.
	 */
	static Rules allOrNothing() {
		return changesUpTo(ACCOUNTING).get(ACCOUNTING.ordinal() + 1);
	}

}
