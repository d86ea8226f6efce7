package dev.throttle.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.throttle.Rate;
import dev.throttle.Scope;

/**
 * One rate of a scope, and the name under which it is reported. All rates of a scope are
 * counted in one history of each client.
 *
 * @since 1.0.0
 */
public final class Policy {

	/** Marks the history of a shadow; no scope's key begins like this. */
	private static final String SHADOW_KEY = "~";

	private final Scope scope;

	private final String name;

	private final String historyKey;

	private final Rate rate;

	private final String limitText;

	private final long periodNanos;

	private final boolean shadow;

	private Policy(Scope scope, String name, Rate rate, boolean shadow) {
		this.scope = scope;
		this.name = name;
		this.historyKey = historyKey(scope, shadow);
		this.rate = Objects.requireNonNull(rate, "'rate' must not be null");
		this.limitText = Long.toString(rate.limit());
		this.periodNanos = rate.period().toNanos();
		this.shadow = shadow;
	}

	/**
	 * Return a policy with the name of its scope.
	 * @param name the name, a valid {@linkplain Scope scope}
	 * @param rate the rate
	 * @return the policy
	 * @throws IllegalArgumentException if the name is not a valid scope
	 */
	public static Policy of(String name, Rate rate) {
		return new Policy(Scope.of(name), name, rate, false);
	}

	/**
	 * Return the policies of a scope: the first one has the scope's name, and the others
	 * add their period, as in {@code user} and {@code user-day}.
	 * @param scope the scope
	 * @param rates the rates of the scope, no two with the same period
	 * @return the policies in the order of the rates
	 * @throws IllegalArgumentException if two rates have the same period
	 */
	public static List<Policy> ofScope(Scope scope, List<Rate> rates) {
		List<Policy> policies = new ArrayList<>(rates.size());
		for (Rate rate : rates) {
			if (policies.stream().anyMatch((policy) -> policy.rate().period().equals(rate.period()))) {
				throw new IllegalArgumentException("Two rates of the scope '" + scope + "' have the period '"
						+ rate.periodText() + "'; keep the lower one");
			}
			String name = policies.isEmpty() ? scope.name() : scope + "-" + rate.periodText();
			policies.add(new Policy(scope, name, rate, false));
		}
		return List.copyOf(policies);
	}

	/**
	 * Return the key of a scope's history.
	 * @param scope the scope
	 * @param shadow whether it is the history of its shadows
	 * @return the key
	 */
	public static String historyKey(Scope scope, boolean shadow) {
		return (shadow ? SHADOW_KEY : "") + scope.key();
	}

	/**
	 * Return the scope of the rate.
	 * @return the scope
	 */
	public Scope scope() {
		return this.scope;
	}

	/**
	 * Return the name under which the policy is reported.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the key that identifies a history of a client: the {@linkplain Scope#key()
	 * scope's key}, after a tilde if this policy is a {@linkplain #isShadow() shadow}.
	 * @return the key, the same for all rates of the scope
	 */
	public String historyKey() {
		return this.historyKey;
	}

	/**
	 * Return the rate.
	 * @return the rate
	 */
	public Rate rate() {
		return this.rate;
	}

	/**
	 * Return the limit of the rate as text. It is made once, because it is in a header of
	 * every response.
	 * @return the limit in decimal digits
	 */
	public String limitText() {
		return this.limitText;
	}

	/**
	 * Return the length of the rate's window.
	 * @return the period in nanoseconds, from 1 to 36500 days
	 */
	public long periodNanos() {
		return this.periodNanos;
	}

	/**
	 * Return whether this policy is a shadow: decided and measured, but never enforced.
	 * @return whether it is a shadow
	 */
	public boolean isShadow() {
		return this.shadow;
	}

	/**
	 * Return this policy as a shadow. Shadows have a history of their own: it lacks the
	 * requests that they would have denied, which the enforced rates admit and count.
	 * @return the shadow, of the same name and rate
	 */
	public Policy asShadow() {
		return this.shadow ? this : new Policy(this.scope, this.name, this.rate, true);
	}

	@Override
	public boolean equals(Object other) {
		return this == other || other instanceof Policy that && this.scope.equals(that.scope)
				&& this.name.equals(that.name) && this.rate.equals(that.rate) && this.shadow == that.shadow;
	}

	@Override
	public int hashCode() {
		return 31 * this.name.hashCode() + this.rate.hashCode();
	}

	@Override
	public String toString() {
		return this.name + " (" + this.rate + (this.shadow ? ", shadow)" : ")");
	}

}
