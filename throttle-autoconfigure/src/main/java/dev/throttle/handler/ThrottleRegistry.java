package dev.throttle.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.ThrottlePlan.Step;
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

	private final Map<String, Step> steps = new LinkedHashMap<>();

	private final Map<String, ThrottleProbe> probes = new ConcurrentHashMap<>();

	private final List<Step> defaults;

	private final boolean off;

	/**
	 * Create a registry.
	 * @param throttles the throttles by name, in the order in which they are asked
	 * @param backends the backends by name, one of them {@value #DEFAULT_BACKEND}
	 * @param defaults the names of the throttles that apply to a handler that declares
	 * nothing else, null for all of them
	 * @throws InvalidThrottleConfigurationException if a name is unknown or a backend is
	 * unused
	 */
	public ThrottleRegistry(Map<String, BaseThrottle> throttles, Map<String, CacheBackend> backends,
			@Nullable Collection<String> defaults) {
		throttles.forEach(
				(name, throttle) -> this.steps.put(name, new Step(name, throttle, backend(name, throttle, backends))));
		checkUnusedBackends(backends);
		this.defaults = (defaults != null) ? defaults(defaults) : List.copyOf(this.steps.values());
		this.off = false;
	}

	private ThrottleRegistry() {
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
			throw new InvalidThrottleConfigurationException(
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
				throw new InvalidThrottleConfigurationException(
						"The CacheBackend bean '" + name + "' is not used by any throttle.",
						"Rename it to '" + DEFAULT_BACKEND
								+ "' so that it counts for all throttles, or return its name from the backend() method of a throttle.");
			}
		});
	}

	private List<Step> defaults(Collection<String> names) {
		List<Step> found = new ArrayList<>();
		for (String name : new LinkedHashSet<>(names)) {
			Step step = this.steps.get(name);
			if (step == null) {
				throw unknown(name);
			}
			found.add(step);
		}
		return List.copyOf(found);
	}

	private InvalidThrottleConfigurationException unknown(String name) {
		String known = "some of " + DidYouMean.list(this.steps.keySet()) + ".";
		String rate = rateOf(name);
		return new InvalidThrottleConfigurationException(
				"The property 'throttle.defaults' names '" + name + "', but there is no throttle bean of that name"
						+ ((rate != null) ? ": that bean exists only if " + rate + " is set"
								: DidYouMean.meant(name, this.steps.keySet()))
						+ ".",
				(rate != null) ? "Set " + rate + ", or use " + known : "Use " + known);
	}

	/**
	 * Return the property that a built-in throttle depends on.
	 * @return the property in quotes, null for another throttle
	 */
	static @Nullable String rateOf(String throttle) {
		return switch (throttle) {
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
			throw new InvalidThrottleConfigurationException(
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

	static boolean canHaveOwnRate(Step step) {
		return SimpleRateThrottle.class.isAssignableFrom(typeOf(step));
	}

	/**
	 * Return whether a throttle counts users or addresses, as the throttle for the scopes
	 * of handlers does.
	 */
	static boolean countsUsersOrAddresses(Step step) {
		Class<?> type = typeOf(step);
		return UserRateThrottle.class.isAssignableFrom(type) || AnonRateThrottle.class.isAssignableFrom(type);
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
