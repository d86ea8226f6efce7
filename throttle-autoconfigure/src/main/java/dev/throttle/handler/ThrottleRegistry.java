package dev.throttle.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.BaseThrottle;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.ThrottlePlan.Step;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;

/**
 * The throttles of the application by bean name, each with its backend.
 *
 * @since 1.0.0
 */
public final class ThrottleRegistry {

	/**
	 * The name of the bean that counts where a throttle names no other backend.
	 */
	public static final String DEFAULT_BACKEND = "cacheBackend";

	/**
	 * The name of the bean that counts under the scopes that handlers declare.
	 */
	public static final String SCOPED_THROTTLE = "scopedRateThrottle";

	private final Map<String, Step> steps = new LinkedHashMap<>();

	private final List<Step> defaults;

	/**
	 * Create a registry.
	 * @param throttles the throttles by name, in the order in which they are asked
	 * @param backends the backends by name, one of them {@value #DEFAULT_BACKEND}
	 * @param defaults the names of the throttles that apply to a handler that declares
	 * nothing else, null for all of them
	 * @throws InvalidThrottleConfigurationException if a name is not known, or a backend
	 * is not used
	 */
	public ThrottleRegistry(Map<String, BaseThrottle> throttles, Map<String, CacheBackend> backends,
			@Nullable Collection<String> defaults) {
		throttles.forEach(
				(name, throttle) -> this.steps.put(name, new Step(name, throttle, backend(name, throttle, backends))));
		checkUnusedBackends(backends);
		this.defaults = (defaults != null) ? defaults(defaults) : List.copyOf(this.steps.values());
	}

	private static CacheBackend backend(String name, BaseThrottle throttle, Map<String, CacheBackend> backends) {
		String wanted = (throttle.backend() != null) ? throttle.backend() : DEFAULT_BACKEND;
		CacheBackend backend = backends.get(wanted);
		if (backend == null) {
			throw new InvalidThrottleConfigurationException(
					"The throttle '" + name + "' names the backend '" + wanted
							+ "', but there is no CacheBackend bean of that name.",
					"Name one of " + Names.list(backends.keySet()) + ", or declare the bean '" + wanted + "'.");
		}
		return backend;
	}

	private void checkUnusedBackends(Map<String, CacheBackend> backends) {
		backends.forEach((name, backend) -> {
			boolean used = name.equals(DEFAULT_BACKEND)
					|| this.steps.values().stream().anyMatch((step) -> name.equals(step.throttle().backend()));
			if (!used) {
				throw new InvalidThrottleConfigurationException(
						"The CacheBackend bean '" + name + "' is used by no throttle.",
						"Rename it to '" + DEFAULT_BACKEND
								+ "' so that it counts for all throttles, or return its name from the backend() of a throttle.");
			}
		});
	}

	private List<Step> defaults(Collection<String> names) {
		List<Step> found = new ArrayList<>();
		for (String name : names) {
			Step step = this.steps.get(name);
			if (step == null) {
				throw new InvalidThrottleConfigurationException(
						"The property 'throttle.defaults' names '" + name
								+ "', but there is no throttle bean of that name."
								+ (name.equals("anonRateThrottle") || name.equals("userRateThrottle")
										? " It exists where its rate 'throttle.rates."
												+ name.replace("RateThrottle", "") + "' does."
										: ""),
						"Name some of " + Names.list(this.steps.keySet()) + Names.meant(name, this.steps.keySet())
								+ ".");
			}
			found.add(step);
		}
		return List.copyOf(found);
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
	 * Return the throttles of a class: those of exactly that class, or else those of a
	 * subclass.
	 * @param type the class
	 * @return the throttles in the order in which they are asked, empty for none
	 */
	List<Step> ofType(Class<?> type) {
		List<Step> exact = all().stream().filter((step) -> AopUtils.getTargetClass(step.throttle()) == type).toList();
		return !exact.isEmpty() ? exact : all().stream().filter((step) -> type.isInstance(step.throttle())).toList();
	}

	/**
	 * Return these throttles so that one of them counts under the handler's scopes.
	 */
	List<Step> withScoped(List<Step> chosen) {
		if (chosen.stream().anyMatch(ThrottleRegistry::isScoped)) {
			return chosen;
		}
		List<Step> extended = new ArrayList<>(chosen);
		extended.add(this.steps.get(SCOPED_THROTTLE));
		return extended;
	}

	/**
	 * Return these throttles without those that have nothing to count as the handler
	 * declares no scope.
	 */
	static List<Step> withoutScoped(List<Step> chosen) {
		return chosen.stream().filter((step) -> !(step.throttle() instanceof ScopedRateThrottle)).toList();
	}

	private static boolean isScoped(Step step) {
		return step.name().equals(SCOPED_THROTTLE) || step.throttle() instanceof ScopedRateThrottle;
	}

}
