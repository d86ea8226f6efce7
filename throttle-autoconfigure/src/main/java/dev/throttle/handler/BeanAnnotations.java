package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AbstractAutoProxyCreator;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the methods of beans whose calls {@link Throttle @Throttle} limits, and refuses
 * annotations that have no effect: neither on handlers nor on methods that can be
 * intercepted. Only bean types are inspected; no bean is created. Interfaces with mapped
 * methods are skipped, because they may belong to an HTTP client.
 */
final class BeanAnnotations {

	private static final String CONTROLLER = "org.springframework.stereotype.Controller";

	private static final String NULL_BEAN = "org.springframework.beans.factory.support.NullBean";

	private static final Set<String> ROUTER_FUNCTIONS = Set.of(
			"org.springframework.web.servlet.function.RouterFunction",
			"org.springframework.web.reactive.function.server.RouterFunction");

	private final ConfigurableListableBeanFactory beanFactory;

	private final Predicate<AnnotatedElement> read;

	private final Map<Class<?>, List<AnnotatedElement>> annotated = new HashMap<>();

	/**
	 * Create a search.
	 * @param beanFactory the beans
	 * @param read whether the annotations of a method or class apply to handlers
	 */
	BeanAnnotations(ConfigurableListableBeanFactory beanFactory, Predicate<AnnotatedElement> read) {
		this.beanFactory = beanFactory;
		this.read = read;
	}

	/**
	 * Check that each annotation has an effect.
	 * @return the methods whose calls are limited
	 * @throws InvalidThrottleConfigurationException if one has none
	 */
	List<BeanMethod> check() {
		List<BeanMethod> limited = new ArrayList<>();
		for (Iterator<String> names = this.beanFactory.getBeanNamesIterator(); names.hasNext();) {
			String name = names.next();
			Class<?> type = typeOf(name);
			if (type == null) {
				continue;
			}
			for (Class<?> next : hierarchy(type, new LinkedHashSet<>())) {
				for (AnnotatedElement element : annotatedIn(next)) {
					limitedBy(element, type).forEach((method) -> limited.add(new BeanMethod(name, type, method)));
				}
			}
		}
		if (!limited.isEmpty()) {
			checkIntercepted(limited.get(0).method());
		}
		return limited;
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

	/**
	 * Return a class of the application and those of its superclasses and interfaces.
	 */
	static Set<Class<?>> hierarchy(@Nullable Class<?> type, Set<Class<?>> found) {
		if (type == null || !MethodDeclarations.isOfApplication(type)) {
			return found;
		}
		found.add(type);
		for (Class<?> implemented : type.getInterfaces()) {
			hierarchy(implemented, found);
		}
		return hierarchy(type.getSuperclass(), found);
	}

	/**
	 * Return a class and its methods as far as they are annotated and do not apply to
	 * handlers.
	 */
	private List<AnnotatedElement> annotatedIn(Class<?> type) {
		return this.annotated.computeIfAbsent(type, (added) -> {
			List<AnnotatedElement> elements = new ArrayList<>();
			try {
				elements.add(added);
				elements.addAll(Arrays.asList(ReflectionUtils.getDeclaredMethods(added)));
				elements.removeIf((element) -> !isUnread(element));
				return (elements.isEmpty() || isContract(added)) ? List.of() : elements;
			}
			catch (IllegalStateException | LinkageError ex) {
				return List.of();
			}
		});
	}

	private boolean isUnread(AnnotatedElement element) {
		if (element.getDeclaredAnnotations().length == 0 || element instanceof Method method && method.isSynthetic()) {
			return false;
		}
		MergedAnnotations annotations = MergedAnnotations.from(element);
		return (annotations.isPresent(Throttle.class) || annotations.isPresent(Unthrottled.class))
				&& !this.read.test(element);
	}

	private static boolean isContract(Class<?> type) {
		return type.isInterface() && MethodDeclarations.hasMapped(type);
	}

	/**
	 * Return the methods whose calls an annotation limits.
	 */
	private static List<Method> limitedBy(AnnotatedElement element, Class<?> type) {
		if (!MergedAnnotations.from(element).isPresent(Throttle.class)) {
			throw ineffective(element);
		}
		List<Method> methods = (element instanceof Method method) ? List.of(MethodDeclarations.specific(method, type))
				: MethodDeclarations.limitedByClass(type);
		List<Method> limited = new ArrayList<>();
		for (Method method : methods) {
			String obstacle = MethodDeclarations.obstacle(method, type);
			if (obstacle != null && MethodDeclarations.isDeclared(method, type)) {
				throw new InvalidThrottleConfigurationException(Mistake.METHOD_NOT_INTERCEPTED,
						describe(element) + " has no effect"
								+ ((element instanceof Method) ? "" : " on " + MethodDeclarations.describe(method))
								+ ": " + obstacle + ", so its calls cannot be intercepted.",
						"Put it on a public method of a bean that is neither static nor final, in a class that is not final"
								+ " (in Kotlin: open, or with the compiler plugin 'spring'), or ask RateLimiters in the code.");
			}
			if (obstacle == null && MethodDeclarations.isDeclared(method, type)) {
				limited.add(method);
			}
		}
		if (limited.isEmpty() && !isOverridden(element, type)) {
			throw ineffective(element);
		}
		return limited;
	}

	/**
	 * Return whether a nearer annotation replaces this one.
	 */
	private static boolean isOverridden(AnnotatedElement element, Class<?> type) {
		return element instanceof Method method && !MethodDeclarations.specific(method, type).equals(method);
	}

	private void checkIntercepted(Method method) {
		String where = "There is @Throttle on " + MethodDeclarations.describe(method)
				+ ", which does not handle requests, ";
		if (!this.beanFactory.containsLocalBean(MethodDeclarations.ADVISOR)) {
			throw new InvalidThrottleConfigurationException(Mistake.METHOD_NOT_INTERCEPTED,
					where + "but calls are intercepted only in the application's main context.",
					"Declare the bean in the main context, or ask RateLimiters in the code.");
		}
		if (this.beanFactory.getBeanNamesForType(AbstractAutoProxyCreator.class, true, false).length == 0) {
			throw new InvalidThrottleConfigurationException(Mistake.METHOD_NOT_INTERCEPTED,
					where + "but the application has no Spring AOP, so its calls cannot be intercepted.",
					"Remove 'spring.aop.auto' and 'spring.aop.proxy-target-class' if they are 'false', or add @EnableAspectJAutoProxy with the dependency 'org.aspectj:aspectjweaver', or ask RateLimiters in the code.");
		}
	}

	private static InvalidThrottleConfigurationException ineffective(AnnotatedElement element) {
		return new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
				describe(element) + " has no effect: " + reason(element), action(element));
	}

	private static String describe(AnnotatedElement element) {
		String annotation = MergedAnnotations.from(element)
			.stream()
			.filter(HandlerDeclaration::isDeclaring)
			.findFirst()
			.map(HandlerDeclaration::written)
			.orElseThrow()
			.getSimpleName();
		return "@" + annotation + " on " + ((element instanceof Method method) ? MethodDeclarations.describe(method)
				: ((Class<?>) element).getName());
	}

	private static String reason(AnnotatedElement element) {
		if (element instanceof Method method) {
			return returnsRoutes(method) ? "functional routes ignore it and use the default throttles."
					: MethodDeclarations.isMapped(method) ? "no controller of a web application has the method."
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
		if (element instanceof Method method && MethodDeclarations.isMapped(method)) {
			return "Use Spring MVC or WebFlux and make the class a controller, or remove the annotation.";
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
