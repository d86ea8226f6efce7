package dev.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares how a handler is throttled. On a class it holds for the handlers that declare
 * nothing themselves. It can be used as a meta-annotation. What is not declared here is
 * as for every handler: the default throttles apply.
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
	 * Handlers with one scope share a count. Placeholders such as {@code ${scope}} are
	 * resolved.
	 * @return the scope, empty for none
	 */
	String scope() default "";

	/**
	 * A rate for this handler alone, or for its {@link #scope()}: {@code 20/day}, several
	 * by comma. Placeholders such as {@code ${uploads.rate}} are resolved.
	 * @return the rate, empty for the scope's
	 */
	String rate() default "";

	/**
	 * The throttles that apply instead of the default ones: beans of these classes.
	 * @return the classes, none for the default throttles
	 */
	Class<? extends BaseThrottle>[] use() default {};

	/**
	 * The throttles that apply in addition: beans of these classes.
	 * @return the classes, none for no other throttles
	 */
	Class<? extends BaseThrottle>[] also() default {};

}
