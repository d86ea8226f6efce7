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
 * What a handler declares with {@link Throttle @Throttle} or
 * {@link Unthrottled @Unthrottled}. Of those that it inherits from interfaces and
 * superclasses the nearest counts.
 *
 * @param where the handler or class on which it stands, for a reader
 * @param name the name of that handler or class, which is the scope where none is given
 * @param throttles the annotations, empty where the handler is not throttled
 * @param annotation the annotations as they are written there, for a reader
 */
record HandlerDeclaration(String where, String name, List<Throttled> throttles, String annotation) {

	private static final Set<Class<?>> DECLARING = Set.of(Throttle.class, Unthrottled.class);

	/**
	 * Return what a handler declares: on the method, else on the class.
	 * @return the declaration, null for none
	 */
	static @Nullable HandlerDeclaration of(HandlerMethod handler) {
		Class<?> type = typeOf(handler);
		Method method = ClassUtils.getMostSpecificMethod(handler.getMethod(), type);
		HandlerDeclaration onMethod = of(method, handler.toString(), type.getSimpleName() + "." + method.getName());
		return (onMethod != null) ? onMethod : of(type, type.getName(), type.getSimpleName());
	}

	/**
	 * Return the class that a handler belongs to, behind its proxy where there is one.
	 */
	static Class<?> typeOf(HandlerMethod handler) {
		Class<?> type = handler.getBeanType();
		return Proxy.isProxyClass(type) ? AopUtils.getTargetClass(handler.createWithResolvedBean().getBean()) : type;
	}

	/**
	 * Return the methods and classes, inherited ones too, on which a handler's
	 * declarations stand.
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

	private static @Nullable HandlerDeclaration of(AnnotatedElement element, String where, String name) {
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
			throw new InvalidThrottleConfigurationException(
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
	 * Return the annotation that is written in the code: this one, or the one that it is
	 * a meta-annotation of.
	 */
	static Class<?> written(MergedAnnotation<?> annotation) {
		Class<?> root = annotation.getRoot().getType();
		return (root != Throttles.class) ? root : Throttle.class;
	}

	/**
	 * One {@link Throttle @Throttle}.
	 */
	record Throttled(String scope, String rate, List<Class<?>> use, List<Class<?>> also) {

		private static Throttled of(MergedAnnotation<Throttle> annotation) {
			return new Throttled(annotation.getString("scope"), annotation.getString("rate"),
					List.of(annotation.getClassArray("use")), List.of(annotation.getClassArray("also")));
		}

		boolean hasScope() {
			return !this.scope.isEmpty() || !this.rate.isEmpty();
		}

	}

}
