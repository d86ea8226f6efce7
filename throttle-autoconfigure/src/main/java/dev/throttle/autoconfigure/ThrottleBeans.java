package dev.throttle.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.throttle.BaseThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.ThrottleRegistry;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Finds throttles and backends among the beans, those of parent contexts too.
 */
final class ThrottleBeans {

	private ThrottleBeans() {
	}

	/**
	 * Return the throttles by name, in the order that {@code @Order} and the like give
	 * them.
	 */
	static Map<String, BaseThrottle> throttles(ListableBeanFactory beanFactory) {
		Map<String, BaseThrottle> named = ofType(BaseThrottle.class, beanFactory);
		Map<String, BaseThrottle> ordered = new LinkedHashMap<>();
		beanFactory.getBeanProvider(BaseThrottle.class)
			.orderedStream()
			.forEach((next) -> named.forEach((name, bean) -> {
				if (bean == next) {
					ordered.put(name, bean);
				}
			}));
		named.forEach(ordered::putIfAbsent);
		return ordered;
	}

	/**
	 * Return the backends by name.
	 * @throws InvalidThrottleConfigurationException if the bean that has the name of the
	 * one that counts by default is no backend
	 */
	static Map<String, CacheBackend> backends(ListableBeanFactory beanFactory) {
		defaultBackend(beanFactory);
		return ofType(CacheBackend.class, beanFactory);
	}

	/**
	 * Return the backend that counts where a throttle names no other.
	 * @throws InvalidThrottleConfigurationException if the bean of that name is none
	 */
	static CacheBackend defaultBackend(ListableBeanFactory beanFactory) {
		Object bean = beanFactory.getBean(ThrottleRegistry.DEFAULT_BACKEND);
		if (bean instanceof CacheBackend backend) {
			return backend;
		}
		throw new InvalidThrottleConfigurationException(
				"The bean '" + ThrottleRegistry.DEFAULT_BACKEND + "' is a " + bean.getClass().getName()
						+ ", but the bean of that name counts requests and must be a CacheBackend.",
				"Give that bean another name, or set 'throttle.enabled' to 'false'.");
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
