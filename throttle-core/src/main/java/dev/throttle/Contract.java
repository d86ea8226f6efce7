package dev.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells null checkers when a method returns null, in the form that NullAway and IntelliJ
 * IDEA read: {@code null -> null; !null -> !null}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
@interface Contract {

	String value();

}
