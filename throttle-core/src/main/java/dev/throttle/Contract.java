package dev.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells a null checker when a method returns null: {@code null -> null; !null -> !null}.
 * NullAway reads it with {@code CustomContractAnnotations=dev.throttle.Contract}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
@interface Contract {

	String value();

}
