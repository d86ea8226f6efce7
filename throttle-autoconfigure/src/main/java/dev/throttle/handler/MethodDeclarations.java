package dev.throttle.handler;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.HandlerDeclaration.Throttled;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads the {@link dev.throttle.Throttle @Throttle} of methods that handle no requests.
 * They are those without a mapping such as {@code @GetMapping}. An annotation on a class
 * with such mappings is for its handlers only.
 *
 * @since 1.0.0
 */
public final class MethodDeclarations {

	/**
	 * The name of the bean that intercepts the calls.
	 */
	public static final String ADVISOR = "throttleMethodAdvisor";

	private static final Set<String> MAPPINGS = Set.of("org.springframework.web.bind.annotation.RequestMapping",
			"org.springframework.web.service.annotation.HttpExchange");

	private static final String BEAN = "org.springframework.context.annotation.Bean";

	private final RateRegistry rates;

	private final HandlerScopes scopes;

	/**
	 * Create an instance.
	 * @param rates the rates of the scopes that methods declare
	 * @param outgoing knows the scopes of calls that go out
	 * @param placeholders resolves placeholders such as {@code ${sms.rate}}
	 */
	public MethodDeclarations(RateRegistry rates, OutgoingCheck outgoing, StringValueResolver placeholders) {
		this.rates = rates;
		this.scopes = new HandlerScopes(rates, outgoing, placeholders, (scope) -> false);
	}

	/**
	 * Return whether an element is only exempted, which does no harm where no request is
	 * throttled.
	 */
	static boolean isUnthrottled(AnnotatedElement element) {
		return !MergedAnnotations.from(element).isPresent(Throttle.class);
	}

	static boolean isDeclared(Method method, Class<?> type) {
		return declaration(method, type) != null;
	}

	/**
	 * Return whether calls of a method are limited and can be intercepted.
	 * @param method the method
	 * @param type the class of the bean
	 * @return whether it is declared and nothing stands in its way
	 */
	public static boolean isLimited(Method method, Class<?> type) {
		Method specific = specific(method, type);
		return declaration(specific, type) != null && obstacle(specific, type) == null;
	}

	/**
	 * Return what a method declares.
	 * @param method the method
	 * @param type the class of the bean
	 * @return the limits; null for none
	 * @throws InvalidThrottleConfigurationException if the declaration is not valid
	 */
	public @Nullable MethodThrottles read(Method method, Class<?> type) {
		Method specific = specific(method, type);
		HandlerDeclaration declaration = declaration(specific, type);
		if (declaration == null) {
			return null;
		}
		Map<Scope, List<Rate>> ownRates = new LinkedHashMap<>();
		List<MethodThrottle> throttles = new ArrayList<>();
		for (Throttled throttled : declaration.throttles()) {
			checkAttributes(throttled, declaration);
			Scope scope = this.scopes.read(throttled, declaration, ownRates);
			checkCost(throttled, scope, declaration);
			MethodThrottle throttle = new MethodThrottle(scope, throttled.key(),
					this.scopes.costText(throttled, declaration));
			if (throttles.stream().anyMatch(throttle::countsTheSame)) {
				throw HandlerScopes.twice(declaration);
			}
			throttles.add(throttle);
		}
		try {
			this.rates.declare(ownRates, "@Throttle on " + declaration.where());
		}
		catch (IllegalArgumentException ex) {
			throw InvalidThrottleConfigurationException.of(Mistake.TWO_RATES, "", ex,
					"Remove the rate of the annotation, or give it another scope.");
		}
		return new MethodThrottles("@Throttle on " + declaration.where(), specific, throttles);
	}

	private static void checkAttributes(Throttled throttled, HandlerDeclaration declaration) {
		if (!throttled.use().isEmpty() || !throttled.also().isEmpty()) {
			throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
					"@Throttle on " + declaration.where()
							+ " names throttles with 'use' or 'also', but the method does not handle requests.",
					"Declare a scope or a rate instead, as in @Throttle(scope = \"sms\", key = \"#phone\").");
		}
		if (!throttled.hasScope()) {
			throw new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
					"@Throttle on " + declaration.where()
							+ " declares neither a scope nor a rate, so it has no effect.",
					"Add one, as in @Throttle(scope = \"sms\", key = \"#phone\").");
		}
	}

	private void checkCost(Throttled throttled, Scope scope, HandlerDeclaration declaration) {
		if (!throttled.hasCost() && this.rates.rates().countsBytes(scope)) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_COST, "@Throttle on " + declaration.where()
					+ " declares the scope '" + scope
					+ "', which counts bytes, but the method does not handle requests, so there is no body to count.",
					"Write how many bytes a call takes, as in costString = \"#file.length\", or declare a scope whose 'throttle.scopes."
							+ scope + ".cost' is not set.");
		}
	}

	private static @Nullable HandlerDeclaration declaration(Method method, Class<?> type) {
		if (method.isSynthetic() || method.getDeclaringClass() == Object.class) {
			return null;
		}
		Class<?> user = isProxy(type) ? method.getDeclaringClass() : type;
		HandlerDeclaration declaration = HandlerDeclaration.of(method, describe(method),
				user.getSimpleName() + "." + method.getName());
		if (declaration == null && Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
				&& isOfApplication(method.getDeclaringClass())) {
			declaration = HandlerDeclaration.of(user, user.getName(), user.getSimpleName());
			declaration = (declaration != null && !hasMapped(user)) ? declaration : null;
		}
		return (declaration == null || declaration.throttles().isEmpty() || isMapped(method)
				|| MergedAnnotations.from(method).isPresent(BEAN)) ? null : declaration;
	}

	/**
	 * Return what prevents that calls of a method are intercepted.
	 * @return a clause; null if nothing does
	 */
	static @Nullable String obstacle(Method method, Class<?> type) {
		int modifiers = method.getModifiers();
		if (!Modifier.isPublic(modifiers)) {
			return "the method is not public";
		}
		if (Modifier.isStatic(modifiers)) {
			return "the method is static";
		}
		if (isProxy(type)) {
			return null;
		}
		return Modifier.isFinal(modifiers) ? "the method is final"
				: Modifier.isFinal(type.getModifiers()) ? "the class " + type.getName() + " is final" : null;
	}

	/**
	 * Return the methods of a bean that the annotation on its class limits.
	 */
	static List<Method> limitedByClass(Class<?> type) {
		return Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(type))
			.filter((method) -> !method.isSynthetic() && isOfApplication(method.getDeclaringClass()))
			.filter((method) -> HandlerDeclaration.of(method, "", "") == null && declaration(method, type) != null)
			.toList();
	}

	/**
	 * Return the method of a bean's class that implements or overrides another.
	 */
	static Method specific(Method method, Class<?> type) {
		return isProxy(type) ? method : AopUtils.getMostSpecificMethod(method, type);
	}

	static boolean isMapped(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return MAPPINGS.stream().anyMatch(annotations::isPresent);
	}

	/**
	 * Return whether a class has a method with a mapping.
	 */
	static boolean hasMapped(Class<?> type) {
		return Arrays.stream(ReflectionUtils.getAllDeclaredMethods(type)).anyMatch(MethodDeclarations::isMapped);
	}

	/**
	 * Return whether a class may be the application's.
	 * @param type the class
	 * @return whether it is neither Java's nor Spring's
	 */
	public static boolean isOfApplication(Class<?> type) {
		return !type.getName().startsWith("java.") && !type.getName().startsWith("org.springframework.");
	}

	/**
	 * Return the class, name and parameters of a method, for messages.
	 * @param method the method
	 * @return the method as text
	 */
	public static String describe(Method method) {
		return method.getDeclaringClass().getName() + "#" + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	private static boolean isProxy(Class<?> type) {
		return Proxy.isProxyClass(type) || type.isInterface() || ClassUtils.isLambdaClass(type);
	}

	/**
	 * The limits of a method.
	 *
	 * @param where the annotation and its place, for messages
	 * @param method the method
	 * @param throttles the limits, at least one
	 */
	public record MethodThrottles(String where, Method method, List<MethodThrottle> throttles) {
	}

	/**
	 * One limit of a method.
	 *
	 * @param scope the scope under which its calls are counted
	 * @param key the expression for the client; empty for the current user
	 * @param cost a number or an expression for the cost
	 */
	public record MethodThrottle(Scope scope, String key, String cost) {

		private boolean countsTheSame(MethodThrottle other) {
			return this.scope.equals(other.scope) && this.key.equals(other.key);
		}

	}

}
