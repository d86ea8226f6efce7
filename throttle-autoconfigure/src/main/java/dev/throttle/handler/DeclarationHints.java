package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Keeps the methods of beans that have {@link Throttle @Throttle} or
 * {@link Unthrottled @Unthrottled} in a native image, with those of their superclasses
 * and interfaces, on which the annotations may be. If an expression says who is counted
 * or what a call costs, it can read the properties of the parameters.
 */
final class DeclarationHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Set<Class<?>> types = BeanAnnotations.hierarchy(ClassUtils.getUserClass(bean.getBeanClass()),
				new LinkedHashSet<>());
		List<AnnotatedElement> declaring = types.stream()
			.flatMap(DeclarationHints::elements)
			.filter(DeclarationHints::isDeclaring)
			.toList();
		return declaring.isEmpty() ? null : (context, code) -> {
			ReflectionHints hints = context.getRuntimeHints().reflection();
			types.forEach((type) -> hints.registerType(type, MemberCategory.INVOKE_DECLARED_METHODS,
					MemberCategory.INVOKE_PUBLIC_METHODS));
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints,
					declaring.stream().flatMap(DeclarationHints::read).distinct().toArray(Type[]::new));
		};
	}

	/**
	 * Return a class and its methods; nothing if a type that they need is absent.
	 */
	private static Stream<AnnotatedElement> elements(Class<?> type) {
		try {
			return Stream.concat(Stream.of(type), Arrays.stream(ReflectionUtils.getDeclaredMethods(type)));
		}
		catch (IllegalStateException ex) {
			return Stream.empty();
		}
	}

	private static boolean isDeclaring(AnnotatedElement element) {
		MergedAnnotations annotations = MergedAnnotations.from(element);
		return annotations.isPresent(Throttle.class) || annotations.isPresent(Unthrottled.class);
	}

	/**
	 * Return the types of the parameters that expressions of a method may read.
	 */
	private static Stream<Type> read(AnnotatedElement element) {
		boolean hasExpression = MergedAnnotations.from(element)
			.stream(Throttle.class)
			.anyMatch((throttle) -> !(throttle.getString("key") + throttle.getString("costString")).isEmpty());
		return (hasExpression && element instanceof Method method) ? Arrays.stream(method.getGenericParameterTypes())
				: Stream.empty();
	}

}
