package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds {@link Throttle @Throttle} and {@link Unthrottled @Unthrottled} on beans that
 * handle no requests, where they have no effect. Only bean types are inspected; no bean
 * is created. Interfaces with mapped methods are skipped, because they may belong to an
 * HTTP client.
 */
final class IneffectiveAnnotations {

	private static final String CONTROLLER = "org.springframework.stereotype.Controller";

	private static final String NULL_BEAN = "org.springframework.beans.factory.support.NullBean";

	private static final Set<String> MAPPINGS = Set.of("org.springframework.web.bind.annotation.RequestMapping",
			"org.springframework.web.service.annotation.HttpExchange");

	private static final Set<String> ROUTER_FUNCTIONS = Set.of(
			"org.springframework.web.servlet.function.RouterFunction",
			"org.springframework.web.reactive.function.server.RouterFunction");

	private final ConfigurableListableBeanFactory beanFactory;

	private final Predicate<AnnotatedElement> read;

	/**
	 * Create a search.
	 * @param beanFactory the beans
	 * @param read whether the annotations of a method or class have an effect
	 */
	IneffectiveAnnotations(ConfigurableListableBeanFactory beanFactory, Predicate<AnnotatedElement> read) {
		this.beanFactory = beanFactory;
		this.read = read;
	}

	/**
	 * Check that there is no such annotation.
	 * @throws InvalidThrottleConfigurationException if there is one
	 */
	void check() {
		AnnotatedElement unread = find(IneffectiveAnnotations::isDeclared);
		if (unread != null) {
			throw new InvalidThrottleConfigurationException(describe(unread) + " has no effect: " + reason(unread),
					action(unread));
		}
	}

	/**
	 * Return the first {@link Throttle @Throttle} that has no effect.
	 * @return the annotation and its place, as text; null for none
	 */
	@Nullable String firstThrottle() {
		AnnotatedElement unread = find((annotations) -> annotations.isPresent(Throttle.class));
		return (unread != null) ? describe(unread) : null;
	}

	private @Nullable AnnotatedElement find(Predicate<MergedAnnotations> wanted) {
		Set<Class<?>> seen = new HashSet<>();
		for (Iterator<String> names = this.beanFactory.getBeanNamesIterator(); names.hasNext();) {
			Class<?> type = typeOf(names.next());
			for (Class<?> next : (type != null) ? hierarchy(type, new LinkedHashSet<>()) : Set.<Class<?>>of()) {
				AnnotatedElement unread = seen.add(next) ? findIn(next, wanted) : null;
				if (unread != null) {
					return unread;
				}
			}
		}
		return null;
	}

	/**
	 * Return the class of a bean without its proxy; null if it is unknown, or if the bean
	 * is null.
	 */
	private @Nullable Class<?> typeOf(String beanName) {
		Object bean = this.beanFactory.getSingleton(beanName);
		if (bean != null && bean.getClass().getName().equals(NULL_BEAN)) {
			return null;
		}
		try {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
			return (type != null) ? ClassUtils.getUserClass(type) : null;
		}
		catch (RuntimeException | LinkageError ex) {
			return null;
		}
	}

	private static Set<Class<?>> hierarchy(@Nullable Class<?> type, Set<Class<?>> found) {
		if (type == null || type.getName().startsWith("java.") || type.getName().startsWith("org.springframework.")) {
			return found;
		}
		found.add(type);
		for (Class<?> implemented : type.getInterfaces()) {
			hierarchy(implemented, found);
		}
		return hierarchy(type.getSuperclass(), found);
	}

	private @Nullable AnnotatedElement findIn(Class<?> type, Predicate<MergedAnnotations> wanted) {
		try {
			if (isUnread(type, wanted)) {
				return isContract(type) ? null : type;
			}
			for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
				if (!method.isBridge() && isUnread(method, wanted)) {
					return isContract(type) ? null : method;
				}
			}
			return null;
		}
		catch (IllegalStateException | LinkageError ex) {
			return null;
		}
	}

	private boolean isUnread(AnnotatedElement element, Predicate<MergedAnnotations> wanted) {
		return element.getDeclaredAnnotations().length > 0 && wanted.test(MergedAnnotations.from(element))
				&& !this.read.test(element);
	}

	private static boolean isDeclared(MergedAnnotations annotations) {
		return annotations.isPresent(Throttle.class) || annotations.isPresent(Unthrottled.class);
	}

	private static boolean isContract(Class<?> type) {
		return type.isInterface() && Arrays.stream(ReflectionUtils.getDeclaredMethods(type))
			.map(MergedAnnotations::from)
			.anyMatch((annotations) -> MAPPINGS.stream().anyMatch(annotations::isPresent));
	}

	private static String describe(AnnotatedElement element) {
		String annotation = MergedAnnotations.from(element)
			.stream()
			.filter(HandlerDeclaration::isDeclaring)
			.findFirst()
			.map(HandlerDeclaration::written)
			.orElseThrow()
			.getSimpleName();
		return "@" + annotation + " on "
				+ ((element instanceof Method method) ? describe(method) : ((Class<?>) element).getName());
	}

	private static String describe(Method method) {
		return method.getDeclaringClass().getName() + "#" + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	private static String reason(AnnotatedElement element) {
		if (element instanceof Method method) {
			return returnsRoutes(method) ? "functional routes ignore it and use the default throttles."
					: "the method does not handle requests.";
		}
		return "no method of the class handles requests.";
	}

	private static String action(AnnotatedElement element) {
		if (element instanceof Method method && returnsRoutes(method)) {
			return MergedAnnotations.from(element).isPresent(Unthrottled.class)
					? "Add the paths of the routes to 'throttle.exclude-paths' instead."
					: "Remove it. To give the routes a scope, use ScopedRoutes.";
		}
		Class<?> type = (element instanceof Method method) ? method.getDeclaringClass() : (Class<?>) element;
		return MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).isPresent(CONTROLLER)
				? "Map the method, for example with @GetMapping, or remove the annotation."
				: "Move it to the controller method that handles the request, or remove it.";
	}

	private static boolean returnsRoutes(Method method) {
		return ROUTER_FUNCTIONS.contains(method.getReturnType().getName());
	}

}
