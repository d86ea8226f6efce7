package dev.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares how a handler is throttled. On a class, it applies to handlers without an
 * annotation of their own. It can be used as a meta-annotation. The default throttles
 * apply unless {@link #use()} replaces them.
 * <p>
 * On a public method of another bean, or on its class for all of them, it limits the
 * calls of the method through the bean. No other throttles apply there.
 *
 * @since 1.0.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(Throttles.class)
public @interface Throttle {

	/**
	 * The scope under which {@link ScopedRateThrottle} counts the handler's requests,
	 * with the rate {@code throttle.rates.<scope>} unless {@link #rate()} gives one.
	 * Handlers with the same scope share a count. Placeholders such as {@code ${scope}}
	 * are resolved.
	 * @return the scope, empty for none
	 */
	String scope() default "";

	/**
	 * A rate for this handler alone, or for its {@link #scope()} if that is set:
	 * {@code 20/day}, or several separated by commas. Placeholders such as
	 * {@code ${uploads.rate}} are resolved.
	 * @return the rate, empty to use the rate of the scope
	 */
	String rate() default "";

	/**
	 * How many permits a request takes under the {@link #scope()}, such as an estimate of
	 * the tokens of a language model. The handler can settle it with a
	 * {@link Reservation} once it knows better.
	 * @return the cost, a positive whole number; -1 for the usual cost of the scope: 1,
	 * or the number of bytes if it counts those
	 */
	long cost() default -1;

	/**
	 * The {@link #cost()} as text. Placeholders such as {@code ${tokens.reserve:4000}}
	 * are resolved. On a method that handles no requests, it may be an expression (SpEL)
	 * over the arguments, such as {@code #parts}; a call that costs 0 is not counted.
	 * @return the cost, a positive whole number, empty to use {@link #cost()}
	 */
	String costString() default "";

	/**
	 * An expression (SpEL) over the arguments that says who is counted, such as
	 * {@code #phone}; for methods that handle no requests. The value is counted as
	 * {@link Client#key(String)}, unless it is a {@link Client}. A call for which it is
	 * null is not counted.
	 * @return the expression; empty for the current user, or the address of an anonymous
	 * request, or {@link Client#ALL} if there is no request
	 */
	String key() default "";

	/**
	 * The throttles that apply instead of the default ones: beans of these classes. For
	 * handlers only.
	 * @return the classes, empty for the default throttles
	 */
	Class<? extends BaseThrottle>[] use() default {};

	/**
	 * The throttles that apply in addition: beans of these classes. For handlers only.
	 * @return the classes, empty for no additional throttles
	 */
	Class<? extends BaseThrottle>[] also() default {};

}
