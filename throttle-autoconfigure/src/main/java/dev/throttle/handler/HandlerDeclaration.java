package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Set;

import dev.throttle.Throttle;
import dev.throttle.Throttles;
import dev.throttle.Unthrottled;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.web.method.HandlerMethod;

/**
 * What a handler declares with {@link Throttle @Throttle} or
 * {@link Unthrottled @Unthrottled}.
 *
 * @param where the handler or class on which it stands, for a reader
 * @param onClass whether it stands on the class
 * @param throttles the annotations, empty where the handler is not throttled
 */
record HandlerDeclaration(String where, boolean onClass, List<Throttled> throttles) {

	private static final Set<Class<?>> DECLARING = Set.of(Throttle.class, Unthrottled.class);

	/**
	 * Return what a handler declares: on the method, else on the class.
	 * @return the declaration, null for none
	 */
	static @Nullable HandlerDeclaration of(HandlerMethod handler) {
		HandlerDeclaration onMethod = of(handler.getMethod(), handler.toString(), false);
		return (onMethod != null) ? onMethod : of(handler.getBeanType(), handler.getBeanType().getName(), true);
	}

	private static @Nullable HandlerDeclaration of(AnnotatedElement element, String where, boolean onClass) {
		MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY,
				RepeatableContainers.of(Throttle.class, Throttles.class));
		int nearest = annotations.stream()
			.filter((annotation) -> DECLARING.contains(annotation.getType()))
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
		return (unthrottled || !throttles.isEmpty()) ? new HandlerDeclaration(where, onClass, throttles) : null;
	}

	/**
	 * One {@link Throttle @Throttle}.
	 */
	record Throttled(String scope, String rate, List<Class<?>> use) {

		private static Throttled of(MergedAnnotation<Throttle> annotation) {
			return new Throttled(annotation.getString("scope"), annotation.getString("rate"),
					List.of(annotation.getClassArray("use")));
		}

	}

}
