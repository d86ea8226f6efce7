package dev.throttle.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.core.annotation.AliasFor;

/**
 * {@code @WebFluxTest}, whose package is another in each version of Spring Boot.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WebFluxTest
@interface WebFluxSlice {

	@AliasFor(annotation = WebFluxTest.class)
	String[] properties() default {};

}
