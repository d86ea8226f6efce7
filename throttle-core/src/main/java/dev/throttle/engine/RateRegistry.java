package dev.throttle.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Policy;
import dev.throttle.backend.RateOverride;
import dev.throttle.backend.RateOverrides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rates in force: the configured rates, and overrides on top of them, which may
 * expire. They can be replaced at any time, and each request is decided by the rates at
 * its beginning. A change does not reset what clients have used.
 *
 * @since 1.0.0
 */
public final class RateRegistry implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RateRegistry.class);

	private final LongSupplier nanoTime;

	private final DelayedTask nextExpiry;

	private final Set<RateOverride> reported = new HashSet<>();

	private volatile RateOverrides store;

	private volatile Rates configured;

	private volatile DeclaredRates declared = DeclaredRates.NONE;

	private volatile Map<String, ActiveOverride> active = Map.of();

	/** The configured rates with the overrides on top. */
	private volatile Rates overridden;

	private volatile Rates current;

	/**
	 * Create a registry.
	 * @param rates the configured rates
	 */
	public RateRegistry(Rates rates) {
		this(rates, System::nanoTime, Instant.now(), new DelayedTask());
	}

	RateRegistry(Rates rates, LongSupplier nanoTime, Instant now, DelayedTask nextExpiry) {
		this.nanoTime = nanoTime;
		this.nextExpiry = nextExpiry;
		this.configured = rates;
		this.overridden = rates;
		this.current = rates;
		long start = nanoTime.getAsLong();
		this.store = new LocalRateOverrides(() -> now.plusNanos(nanoTime.getAsLong() - start));
		this.store.follow(this::changed);
	}

	/**
	 * Return the rates in force.
	 * @return the rates
	 */
	public Rates rates() {
		return this.current;
	}

	/**
	 * Return the rates without overrides.
	 * @return the configured rates
	 */
	public Rates configured() {
		return this.configured;
	}

	/**
	 * Return the overrides in force of usual rates.
	 * @return the overrides by scope
	 */
	public Map<Scope, RateOverride> overrides() {
		return overridesOf(null);
	}

	/**
	 * Return the overrides in force of a plan's rates.
	 * @param plan the plan, in any spelling
	 * @return the overrides by scope
	 */
	public Map<Scope, RateOverride> overrides(String plan) {
		return overridesOf(Scope.of(plan).key());
	}

	private Map<Scope, RateOverride> overridesOf(@Nullable String plan) {
		Map<Scope, RateOverride> overrides = new LinkedHashMap<>();
		this.active.forEach((key, active) -> {
			OverrideTarget target = OverrideTarget.of(key);
			if (Objects.equals(target.plan(), plan)) {
				overrides.put(target.scope(), active.override());
			}
		});
		return Collections.unmodifiableMap(overrides);
	}

	/**
	 * Return how long the override of a scope's usual rates will stay in force.
	 * @param scope the scope
	 * @return the time; null if there is no override, or if it does not expire
	 */
	public @Nullable Duration timeToExpiry(Scope scope) {
		ActiveOverride override = this.active.get(scope.key());
		long left = (override != null) ? override.left(this.nanoTime.getAsLong()) : Long.MAX_VALUE;
		return (left < Long.MAX_VALUE) ? Duration.ofNanos(Math.max(0, left)) : null;
	}

	/**
	 * Return whether overrides apply to other processes, too.
	 * @return whether they are shared
	 */
	public boolean isShared() {
		return this.store.isShared();
	}

	/**
	 * Add rates that a throttle or a handler defines for its scopes. A scope that is
	 * unlimited in the configuration stays unlimited.
	 * @param rates the rates by scope, an empty list for no limit
	 * @param source where they are defined, for messages, as in
	 * {@code the throttle 'burst'}
	 * @throws IllegalArgumentException if a scope would have different rates, different
	 * policies the same name, or a rate does not suit what its scope counts
	 */
	public synchronized void declare(Map<Scope, List<Rate>> rates, String source) {
		DeclaredRates extended = this.declared.with(rates, this.configured.rules(), source);
		extended.check(this.configured, this.configured);
		this.declared = extended;
		refresh(this.active.values().stream().toList());
	}

	/**
	 * Set the configured rate of a scope in this process. An override stays on top.
	 * @param scope the scope, in any spelling
	 * @param rates one rate, or several by comma; {@value Rates#UNLIMITED} for no limit
	 * @throws dev.throttle.InvalidRateException if that is not a rate
	 * @throws IllegalArgumentException if the scope is not of the form of one, or a
	 * policy would have the name of another one, of a throttle or a handler too; the
	 * present rate then stays
	 */
	public void configure(String scope, String rates) {
		update((configured) -> new OverrideTarget(null, Scope.of(scope)).replaceIn(configured, rates));
	}

	/**
	 * Change the configured rates of this process, of several scopes or shadows at once.
	 * Overrides stay on top.
	 * @param change makes the new rates of the present ones, without side effects
	 * @throws IllegalArgumentException if different policies would have the same name,
	 * including those of throttles and handlers; the rates then do not change
	 */
	public synchronized void update(UnaryOperator<Rates> change) {
		Rates changed = change.apply(this.configured);
		this.declared.check(changed, this.configured);
		this.configured = changed;
		refresh(this.active.values().stream().toList());
	}

	/**
	 * Return a registry of other configured rates, without overrides, to check them
	 * before an {@link #update}.
	 * @param rates the configured rates
	 * @return a registry with these rates, and with those of throttles and handlers
	 * @throws IllegalArgumentException if different policies would have the same name
	 */
	public RateRegistry withConfigured(Rates rates) {
		DeclaredRates declared = this.declared;
		declared.check(rates, rates);
		RateRegistry registry = new RateRegistry(rates);
		registry.declared = declared;
		registry.current = declared.addMissingTo(rates);
		return registry;
	}

	/**
	 * Override the configured rate of a scope.
	 * @param scope a scope that has a configured rate, in any spelling
	 * @param rates one rate, or several separated by commas; {@value Rates#UNLIMITED} for
	 * no limit
	 * @param duration the time after which the override expires, at most 36500 days; null
	 * for no expiry
	 * @throws dev.throttle.InvalidRateException if a rate is not valid
	 * @throws IllegalArgumentException if the scope has no configured rate, different
	 * policies would have the same name, including those of throttles and handlers, or
	 * the duration is out of range
	 * @throws BackendUnavailableException if overrides are shared and this one could not
	 * be stored
	 */
	public void override(String scope, String rates, @Nullable Duration duration) {
		override(known(scope, null), rates, duration);
	}

	/**
	 * Override the rate that a scope has in a plan.
	 * @param plan the plan, in any spelling
	 * @param scope a scope that has a configured rate, if only in that plan, in any
	 * spelling
	 * @param rates as in {@link #override}
	 * @param duration as in {@link #override}
	 * @throws dev.throttle.InvalidRateException if a rate is not valid
	 * @throws IllegalArgumentException if there is no such plan, or as from
	 * {@link #override}
	 * @throws BackendUnavailableException if overrides are shared and this one could not
	 * be stored
	 */
	public void overridePlan(String plan, String scope, String rates, @Nullable Duration duration) {
		override(known(scope, plan), rates, duration);
	}

	private void override(OverrideTarget target, String rates, @Nullable Duration duration) {
		for (Rates others : List.of(this.configured, this.overridden)) {
			this.declared.check(target.replaceIn(others, rates), this.configured);
		}
		if (duration != null && (duration.isNegative() || duration.isZero()
				|| duration.compareTo(ActiveOverride.MAX_DURATION) > 0)) {
			throw new IllegalArgumentException("The duration must be positive and at most "
					+ ActiveOverride.MAX_DURATION.toDays() + " days but is " + duration);
		}
		this.store.set(target.key(),
				OverrideTarget.isUnlimited(rates) ? Rates.UNLIMITED
						: this.configured.rules()
							.inUnitOf(target.scope(), Rate.parseAll(rates))
							.stream()
							.map(Rate::toString)
							.collect(Collectors.joining(", ")),
				duration);
	}

	/**
	 * Remove the override of a scope, so that its configured rate applies again.
	 * @param scope a scope that has a configured rate, in any spelling
	 * @throws IllegalArgumentException if the scope has no configured rate
	 * @throws BackendUnavailableException if overrides are shared and this one could not
	 * be removed
	 */
	public void removeOverride(String scope) {
		this.store.remove(known(scope, null).key());
	}

	/**
	 * Remove the override of the rate that a scope has in a plan.
	 * @param plan the plan, in any spelling
	 * @param scope a scope that has a configured rate, in any spelling
	 * @throws IllegalArgumentException if there is no such plan, or the scope has no
	 * configured rate
	 * @throws BackendUnavailableException if overrides are shared and this one could not
	 * be removed
	 */
	public void removePlanOverride(String plan, String scope) {
		this.store.remove(known(scope, plan).key());
	}

	/**
	 * Remove all overrides, so that the configured rates apply again.
	 * @throws BackendUnavailableException if overrides are shared and one could not be
	 * removed
	 */
	public void removeOverrides() {
		this.active.keySet().forEach(this.store::remove);
	}

	private OverrideTarget known(String name, @Nullable String plan) {
		OverrideTarget target = new OverrideTarget(plan, Scope.of(name));
		if (plan != null && this.configured.plan(plan) == null) {
			throw new IllegalArgumentException("There is no plan '" + plan + "'; the plans are "
					+ this.configured.plans().stream().map(PlanRates::name).toList());
		}
		if (!target.isConfiguredIn(this.configured)) {
			throw new IllegalArgumentException("The scope '" + target.scope() + "' has no configured rate");
		}
		return target;
	}

	/**
	 * Use another store for overrides from now on, such as one that several processes
	 * share. Overrides that were set before are lost.
	 * @param overrides the store
	 */
	public void follow(RateOverrides overrides) {
		this.store = overrides;
		overrides.publish(this::configuredTexts);
		overrides.follow(this::changed);
	}

	private Map<String, String> configuredTexts() {
		Map<String, String> texts = new LinkedHashMap<>();
		this.configured.asMap().forEach((scope, policies) -> texts.put(scope.key(), text(policies, false)));
		this.configured.plans()
			.forEach((plan) -> plan.policies()
				.forEach((scope, policies) -> texts.put(new OverrideTarget(plan.name(), scope).key(),
						text(policies, plan.isShadow()))));
		return texts;
	}

	private static String text(List<Policy> policies, boolean isShadow) {
		return policies.isEmpty() ? Rates.UNLIMITED
				: policies.stream()
					.map((policy) -> policy.rate() + ((policy.isShadow() || isShadow) ? " (shadow)" : ""))
					.collect(Collectors.joining(", "));
	}

	private synchronized void changed(Collection<RateOverride> overrides, Instant now) {
		long nanos = this.nanoTime.getAsLong();
		this.reported.retainAll(overrides);
		refresh(overrides.stream().map((override) -> ActiveOverride.of(override, now, nanos)).toList());
	}

	private synchronized void expire() {
		refresh(this.active.values().stream().toList());
	}

	private void refresh(List<ActiveOverride> overrides) {
		long now = this.nanoTime.getAsLong();
		Map<String, ActiveOverride> understood = new LinkedHashMap<>();
		Rates rates = this.configured;
		long next = Long.MAX_VALUE;
		for (ActiveOverride each : overrides) {
			long left = each.left(now);
			Rates with = (left > 0) ? with(rates, each.override()) : null;
			if (with != null) {
				rates = with;
				next = Math.min(next, left);
				understood.put(each.override().target(), each);
			}
		}
		this.active = Collections.unmodifiableMap(understood);
		this.overridden = rates;
		this.current = this.declared.addMissingTo(rates);
		if (next < Long.MAX_VALUE) {
			this.nextExpiry.schedule(next, this::expire);
		}
		else {
			this.nextExpiry.cancel();
		}
	}

	/**
	 * Return rates with an override applied, or null if it is not valid here: another
	 * version of the application may have set it.
	 */
	private @Nullable Rates with(Rates rates, RateOverride override) {
		try {
			OverrideTarget target = OverrideTarget.of(override.target());
			if (!target.isConfiguredIn(rates)) {
				throw new IllegalArgumentException("this application has no such scope");
			}
			Rates with = target.replaceIn(rates, override.rates());
			this.declared.check(with, this.configured);
			return with;
		}
		catch (IllegalArgumentException ex) {
			if (this.reported.add(override)) {
				logger.warn("Ignoring the rate override '{}': {}", override.target(), ex.getMessage());
			}
			return null;
		}
	}

	/**
	 * Stop waiting for overrides to expire.
	 */
	@Override
	public void close() {
		this.nextExpiry.close();
	}

}
