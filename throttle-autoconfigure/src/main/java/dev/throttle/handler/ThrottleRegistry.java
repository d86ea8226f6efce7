package dev.throttle.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.throttle.AddressRateThrottle;
import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ObjectUtils;

/**
 * The application's throttles by bean name, each with its backend.
 *
 * @since 1.0.0
 */
public final class ThrottleRegistry {

	/**
	 * The bean name of the default backend, which counts for throttles that name no
	 * other.
	 */
	public static final String DEFAULT_BACKEND = "cacheBackend";

	/**
	 * The bean name of the throttle that counts under the scopes of handlers.
	 */
	public static final String SCOPED_THROTTLE = "scopedRateThrottle";

	/**
	 * The throttles of the filter, unless others are named.
	 */
	private static final List<String> DEFAULT_FILTER = List.of("addressRateThrottle", "apiKeyRateThrottle");

	private final Map<String, Step> steps = new LinkedHashMap<>();

	private final Map<String, ThrottleProbe> probes = new ConcurrentHashMap<>();

	private final List<Step> filter;

	private final List<Step> defaults;

	private final boolean off;

	/**
	 * Create a registry.
	 * @param throttles the throttles by name, in the order in which they are asked
	 * @param backends the backends by name, one of them {@value #DEFAULT_BACKEND}
	 * @param filter the names of the throttles of the filter before authentication, null
	 * for those of the address and the API key
	 * @param defaults the names of the throttles that apply to a handler that declares
	 * nothing else, null for all that are not in the filter
	 * @throws InvalidThrottleConfigurationException if a name is unknown, a throttle is
	 * named for both places, or a backend is unused
	 */
	public ThrottleRegistry(Map<String, BaseThrottle> throttles, Map<String, CacheBackend> backends,
			@Nullable Collection<String> filter, @Nullable Collection<String> defaults) {
		throttles.forEach((name, throttle) -> this.steps.put(name,
				new Step(name, throttle, backend(name, throttle, backends), AopUtils.isAopProxy(throttle))));
		checkUnusedBackends(backends);
		this.filter = (filter != null) ? named(filter, "throttle.filter.throttles")
				: this.steps.values().stream().filter((step) -> DEFAULT_FILTER.contains(step.name())).toList();
		this.defaults = (defaults != null) ? named(defaults, "throttle.defaults")
				: this.steps.values().stream().filter((step) -> !this.filter.contains(step)).toList();
		checkNotInFilter(this.defaults, "'throttle.defaults'");
		this.off = false;
	}

	private ThrottleRegistry() {
		this.filter = List.of();
		this.defaults = List.of();
		this.off = true;
	}

	/**
	 * Return a registry for an application in which throttling is off: it has no
	 * throttles, and annotations of handlers are ignored.
	 * @return the registry
	 */
	public static ThrottleRegistry off() {
		return new ThrottleRegistry();
	}

	/**
	 * Return whether throttling is switched off.
	 * @return whether it is off
	 */
	public boolean isOff() {
		return this.off;
	}

	private static CacheBackend backend(String name, BaseThrottle throttle, Map<String, CacheBackend> backends) {
		String wanted = (throttle.backend() != null) ? throttle.backend() : DEFAULT_BACKEND;
		CacheBackend backend = backends.get(wanted);
		if (backend == null) {
			throw new InvalidThrottleConfigurationException(Mistake.UNKNOWN_BACKEND,
					"The throttle '" + name + "' names the backend '" + wanted
							+ "', but there is no CacheBackend bean of that name.",
					"Use one of " + DidYouMean.list(backends.keySet()) + ", or declare the bean '" + wanted + "'.");
		}
		return backend;
	}

	private void checkUnusedBackends(Map<String, CacheBackend> backends) {
		backends.forEach((name, backend) -> {
			boolean used = name.equals(DEFAULT_BACKEND)
					|| this.steps.values().stream().anyMatch((step) -> name.equals(step.throttle().backend()));
			if (!used) {
				throw new InvalidThrottleConfigurationException(Mistake.UNUSED_BACKEND,
						"The CacheBackend bean '" + name + "' is not used by any throttle.",
						"Rename it to '" + DEFAULT_BACKEND
								+ "' so that it counts for all throttles, or return its name from the backend() method of a throttle.");
			}
		});
	}

	/**
	 * Check that the throttles of handlers are not in the filter.
	 * @param place where the handlers' throttles are named, for messages
	 */
	void checkNotInFilter(Collection<Step> ofHandlers, String place) {
		for (Step step : ofHandlers) {
			if (this.filter.contains(step)) {
				throw new InvalidThrottleConfigurationException(Mistake.COUNTED_TWICE,
						"The throttle '" + step.name() + "' is in the filter before authentication and in " + place
								+ ", so each request would be counted twice.",
						"Remove it from " + place
								+ ", or set 'throttle.filter.throttles' to the throttles of the filter without it, or to nothing.");
			}
		}
	}

	private List<Step> named(Collection<String> names, String property) {
		List<Step> found = new ArrayList<>();
		for (String name : new LinkedHashSet<>(names)) {
			Step step = this.steps.get(name);
			if (step == null) {
				throw unknown(name, property);
			}
			found.add(step);
		}
		return List.copyOf(found);
	}

	private InvalidThrottleConfigurationException unknown(String name, String property) {
		String known = "some of " + DidYouMean.list(this.steps.keySet()) + ".";
		String needed = propertyOf(name);
		return new InvalidThrottleConfigurationException(Mistake.UNKNOWN_THROTTLE,
				"The property '" + property + "' names '" + name + "', but there is no throttle bean of that name"
						+ ((needed != null) ? ": that bean exists only if " + needed + " is set"
								: DidYouMean.meant(name, this.steps.keySet()))
						+ ".",
				(needed != null) ? "Set " + needed + ", or use " + known : "Use " + known);
	}

	/**
	 * Return the property that a built-in throttle depends on.
	 * @return the property in quotes, null for another throttle
	 */
	static @Nullable String propertyOf(String throttle) {
		return switch (throttle) {
			case "addressRateThrottle" -> "'throttle.rates." + AddressRateThrottle.SCOPE + "'";
			case "apiKeyRateThrottle" -> "'throttle.filter.api-key-header'";
			case "anonRateThrottle" -> "'throttle.rates." + AnonRateThrottle.SCOPE + "'";
			case "userRateThrottle" -> "'throttle.rates." + UserRateThrottle.SCOPE + "'";
			default -> null;
		};
	}

	/**
	 * Return the description of a backend.
	 * @param backend the backend
	 * @return its {@code toString()}, or its class name if that is not overridden
	 */
	public static String describe(CacheBackend backend) {
		String text = backend.toString();
		return text.equals(ObjectUtils.identityToString(backend)) ? backend.getClass().getSimpleName() : text;
	}

	/**
	 * Return all throttles.
	 * @return the throttles in the order in which they are asked
	 */
	public Collection<Step> all() {
		return this.steps.values();
	}

	/**
	 * Return the throttles of the filter before authentication.
	 * @return the throttles, all of which decide together; none if there is no filter
	 */
	public AppliedThrottles filter() {
		return new AppliedThrottles(this.filter);
	}

	/**
	 * Return the throttles that apply to a handler that declares nothing else.
	 * @return the throttles in the order in which they are asked
	 */
	public List<Step> defaults() {
		return this.defaults;
	}

	/**
	 * Return the throttles of exactly this class, or else those of its subclasses.
	 * @param type the class
	 * @return the throttles in the order in which they are asked, empty for none
	 */
	List<Step> ofType(Class<?> type) {
		List<Step> exact = all().stream().filter((step) -> typeOf(step) == type).toList();
		return !exact.isEmpty() ? exact : all().stream().filter((step) -> type.isAssignableFrom(typeOf(step))).toList();
	}

	/**
	 * Return these throttles and, if none of them counts under the handler's scopes, the
	 * one that does.
	 */
	List<Step> withScoped(List<Step> chosen) {
		if (chosen.stream().anyMatch(ThrottleRegistry::countsScopes)) {
			return chosen;
		}
		List<Step> extended = new ArrayList<>(chosen);
		extended.add(scoped());
		return extended;
	}

	private Step scoped() {
		Step scoped = this.steps.get(SCOPED_THROTTLE);
		if (scoped == null) {
			throw new InvalidThrottleConfigurationException(Mistake.UNKNOWN_THROTTLE,
					"A handler declares a scope with @Throttle, but the bean '" + SCOPED_THROTTLE
							+ "', which should count it, is not a throttle.",
					"Rename that bean, or make it a ScopedRateThrottle.");
		}
		return scoped;
	}

	static boolean countsScopes(Step step) {
		return step.name().equals(SCOPED_THROTTLE) || ScopedRateThrottle.class.isAssignableFrom(typeOf(step));
	}

	/**
	 * Return whether a throttle counts nothing without a scope of the handler. Subclasses
	 * may count.
	 */
	static boolean needsScope(Step step) {
		return typeOf(step) == ScopedRateThrottle.class;
	}

	/**
	 * Return whether a throttle is a {@link SimpleRateThrottle}, which denies only what
	 * is above a rate, and can have a rate of its own.
	 * @param step the throttle
	 * @return whether it is
	 */
	public static boolean isRateThrottle(Step step) {
		return SimpleRateThrottle.class.isAssignableFrom(typeOf(step));
	}

	/**
	 * Return whether a throttle counts users or addresses, as the throttle for the scopes
	 * of handlers does.
	 */
	static boolean countsUsersOrAddresses(Step step) {
		Class<?> type = typeOf(step);
		return UserRateThrottle.class.isAssignableFrom(type) || AnonRateThrottle.class.isAssignableFrom(type)
				|| AddressRateThrottle.class.isAssignableFrom(type);
	}

	/**
	 * Return whether users or addresses are counted under a scope at each handler, or in
	 * the filter, so that no handler can declare it.
	 */
	boolean countsByDefault(Scope scope) {
		return Stream.concat(this.defaults.stream(), this.filter.stream())
			.anyMatch((step) -> countsUsersOrAddresses(step) && step.throttle().scopes().contains(scope));
	}

	/**
	 * Return the scopes under which a throttle counts: those that it returns, or else
	 * those of its answers to test requests.
	 * @param step the throttle
	 * @return the scopes, empty for none
	 */
	public Collection<Scope> scopes(Step step) {
		Collection<Scope> scopes = step.throttle().scopes();
		return !scopes.isEmpty() ? scopes : probe(step).scopes();
	}

	/**
	 * Return the scopes under which a throttle counts the requests to handlers.
	 * @param step the throttle
	 * @param declared the scopes that the handlers declare
	 * @return the scopes, empty for none
	 */
	public Set<Scope> scopes(Step step, Collection<Scope> declared) {
		Set<Scope> scopes = new LinkedHashSet<>(scopes(step));
		scopes.addAll(countsScopes(step) ? declared : Set.of());
		return scopes;
	}

	/**
	 * Return whether a throttle counts users or addresses, and nobody else.
	 * @param step the throttle
	 * @return whether it is one of those that the library has for them
	 */
	public static boolean countsOnlyUsersOrAddresses(Step step) {
		return countsUsersOrAddresses(step) || needsScope(step);
	}

	/**
	 * Return what a throttle answers to test requests. It is asked once.
	 */
	ThrottleProbe probe(Step step) {
		ThrottleProbe known = this.probes.get(step.name());
		return (known != null) ? known : this.probes.computeIfAbsent(step.name(), (name) -> ThrottleProbe.of(step));
	}

	private static Class<?> typeOf(Step step) {
		return AopUtils.getTargetClass(step.throttle());
	}

}
