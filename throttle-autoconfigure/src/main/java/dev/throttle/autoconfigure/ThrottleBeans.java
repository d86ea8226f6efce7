package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.throttle.BaseThrottle;
import dev.throttle.PlanResolver;
import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Finds the beans of throttles, plan resolvers and backends, including those of parent
 * contexts.
 */
final class ThrottleBeans {

	private ThrottleBeans() {
	}

	/**
	 * Return the throttles by bean name, in the order of {@code @Order} or
	 * {@code Ordered}.
	 */
	static Map<String, BaseThrottle> throttles(ListableBeanFactory beanFactory) {
		return ordered(BaseThrottle.class, beanFactory);
	}

	/**
	 * Return the plan resolvers by bean name, in the order in which they are asked.
	 */
	static Map<String, PlanResolver> planResolvers(ListableBeanFactory beanFactory) {
		return ordered(PlanResolver.class, beanFactory);
	}

	/**
	 * Return the backends by name.
	 * @throws InvalidThrottleConfigurationException if the bean with the name of the
	 * default backend is not a backend
	 */
	static Map<String, CacheBackend> backends(ListableBeanFactory beanFactory) {
		defaultBackend(beanFactory);
		return ofType(CacheBackend.class, beanFactory);
	}

	/**
	 * Return the backend of the throttles that name no other.
	 * @throws InvalidThrottleConfigurationException if the bean of that name is not a
	 * backend
	 */
	static CacheBackend defaultBackend(ListableBeanFactory beanFactory) {
		Object bean = beanFactory.getBean(ThrottleRegistry.DEFAULT_BACKEND);
		if (bean instanceof CacheBackend backend) {
			return backend;
		}
		throw new InvalidThrottleConfigurationException(Mistake.UNKNOWN_BACKEND,
				"The bean '" + ThrottleRegistry.DEFAULT_BACKEND + "' is a " + bean.getClass().getName()
						+ ", but it must be a CacheBackend.",
				"Give that bean another name, or set 'throttle.enabled' to 'false'.");
	}

	private static <T> Map<String, T> ordered(Class<T> type, ListableBeanFactory beanFactory) {
		Map<String, T> named = ofType(type, beanFactory);
		Map<String, T> ordered = new LinkedHashMap<>();
		beanFactory.getBeanProvider(type).orderedStream().forEach((next) -> named.forEach((name, bean) -> {
			if (bean == next) {
				ordered.put(name, bean);
			}
		}));
		named.forEach(ordered::putIfAbsent);
		return ordered;
	}

	private static <T> Map<String, T> ofType(Class<T> type, ListableBeanFactory beanFactory) {
		Map<String, T> beans = new LinkedHashMap<>();
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type)) {
			Object bean = ScopedProxyUtils.isScopedTarget(name) ? null : beanFactory.getBean(name);
			if (type.isInstance(bean)) {
				beans.put(name, type.cast(bean));
			}
		}
		return beans;
	}

}
