package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.Throttle;
import dev.throttle.Throttles;
import dev.throttle.Unthrottled;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * The {@link Throttle @Throttle} or {@link Unthrottled @Unthrottled} annotations of a
 * handler. If several are inherited from interfaces and superclasses, the nearest wins.
 *
 * @param where the annotated handler or class, for messages
 * @param name the name of that handler or class, which is the default scope
 * @param throttles the annotations; empty if the handler is not throttled
 * @param annotation the annotations as written in the code, for messages
 */
record HandlerDeclaration(String where, String name, List<Throttled> throttles, String annotation) {

	private static final Set<Class<?>> DECLARING = Set.of(Throttle.class, Unthrottled.class);

	/**
	 * Return the declaration of a handler: on the method, else on the class.
	 * @return the declaration, null for none
	 */
	static @Nullable HandlerDeclaration of(HandlerMethod handler) {
		Class<?> type = typeOf(handler);
		Method method = ClassUtils.getMostSpecificMethod(handler.getMethod(), type);
		HandlerDeclaration onMethod = of(method, handler.toString(), type.getSimpleName() + "." + method.getName());
		return (onMethod != null) ? onMethod : of(type, type.getName(), type.getSimpleName());
	}

	/**
	 * Return the class of a handler, without its proxy.
	 */
	static Class<?> typeOf(HandlerMethod handler) {
		Class<?> type = handler.getBeanType();
		return Proxy.isProxyClass(type) ? AopUtils.getTargetClass(handler.createWithResolvedBean().getBean()) : type;
	}

	/**
	 * Return the methods and classes that have a handler's annotations, including
	 * inherited ones.
	 */
	static Set<Object> sources(HandlerMethod handler) {
		Class<?> type = typeOf(handler);
		return Stream.of(ClassUtils.getMostSpecificMethod(handler.getMethod(), type), type)
			.flatMap((element) -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).stream())
			.filter(HandlerDeclaration::isDeclaring)
			.map(MergedAnnotation::getSource)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
	}

	/**
	 * Return the declaration on a method or class itself.
	 */
	static @Nullable HandlerDeclaration of(AnnotatedElement element, String where, String name) {
		MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
		int nearest = annotations.stream()
			.filter(HandlerDeclaration::isDeclaring)
			.mapToInt(MergedAnnotation::getAggregateIndex)
			.min()
			.orElse(-1);
		List<Throttled> throttles = annotations.stream(Throttle.class)
			.filter((annotation) -> annotation.getAggregateIndex() == nearest)
			.map(Throttled::of)
			.toList();
		boolean unthrottled = annotations.stream(Unthrottled.class)
			.anyMatch((annotation) -> annotation.getAggregateIndex() == nearest);
		if (unthrottled && !throttles.isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.CONTRADICTORY_ANNOTATIONS,
					"Both @Throttle and @Unthrottled are declared on " + where + ".", "Remove one of them.");
		}
		String written = annotations.stream()
			.filter((annotation) -> isDeclaring(annotation) && annotation.getAggregateIndex() == nearest)
			.map((annotation) -> "@" + written(annotation).getSimpleName())
			.distinct()
			.collect(Collectors.joining(", "));
		return (unthrottled || !throttles.isEmpty()) ? new HandlerDeclaration(where, name, throttles, written) : null;
	}

	static boolean isDeclaring(MergedAnnotation<?> annotation) {
		return DECLARING.contains(annotation.getType());
	}

	/**
	 * Return the annotation that is written in the code: this one, or the one that has it
	 * as a meta-annotation.
	 */
	static Class<?> written(MergedAnnotation<?> annotation) {
		Class<?> root = annotation.getRoot().getType();
		return (root != Throttles.class) ? root : Throttle.class;
	}

	/**
	 * One {@link Throttle @Throttle}.
	 */
	record Throttled(String scope, String rate, long cost, String costString, String key, List<Class<?>> use,
			List<Class<?>> also) {

		private static Throttled of(MergedAnnotation<Throttle> annotation) {
			return new Throttled(annotation.getString("scope"), annotation.getString("rate"),
					annotation.getLong("cost"), annotation.getString("costString"), annotation.getString("key"),
					List.of(annotation.getClassArray("use")), List.of(annotation.getClassArray("also")));
		}

		boolean hasScope() {
			return !this.scope.isEmpty() || !this.rate.isEmpty();
		}

		boolean hasCost() {
			return this.cost != -1 || !this.costString.isEmpty();
		}

		boolean hasNoAttributes() {
			return !hasScope() && !hasCost() && this.key.isEmpty() && this.use.isEmpty() && this.also.isEmpty();
		}

	}

}
