package dev.throttle.test.context;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Configures limits in a test that loads a Spring context, as with
 * {@code @SpringBootTest}, {@code @WebMvcTest} or {@code @WebFluxTest}. On a class, it
 * lets the application count in memory, whatever its {@code throttle.backend} is, on a
 * clock that only the test moves: a bean of type {@link dev.throttle.test.ThrottleClock}.
 * It applies to {@code @Nested} classes too, unless they have their own.
 * <p>
 * On a method, {@code @ThrottleTest(enabled = false)} switches throttling off while the
 * method runs. The class need not have the annotation.
 * <p>
 * Without this annotation, tests have the limits of the application. In any case, each
 * test method begins with nothing used and without rate overrides, as far as the
 * application counts in memory, unless {@link #reset()} is false. Do not run methods that
 * share a context at the same time.
 *
 * @since 1.0.0
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface ThrottleTest {

	/**
	 * Return whether requests and calls are limited. A method cannot switch limits on if
	 * its class has switched them off.
	 * @return whether they are
	 */
	boolean enabled() default true;

	/**
	 * Return whether each test method begins with nothing used, without rate overrides,
	 * and with the clock at its start.
	 * @return whether it does; without effect on a method of a class where it is false
	 */
	boolean reset() default true;

}
