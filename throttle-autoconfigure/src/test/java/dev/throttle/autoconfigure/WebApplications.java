package dev.throttle.autoconfigure;

import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Web applications to start in tests.
 */
public final class WebApplications {

	private static final Class<?>[] THROTTLING = { ThrottleAutoConfiguration.class,
			ThrottleWebMvcAutoConfiguration.class };

	/**
	 * The auto-configurations of Spring MVC, which have other names in each line of
	 * Spring Boot.
	 */
	private static final Class<?>[] SPRING_MVC = Stream
		.of("org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration",
				"org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration",
				"org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration",
				"org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration")
		.filter((name) -> ClassUtils.isPresent(name, null))
		.map((name) -> ClassUtils.resolveClassName(name, null))
		.toArray(Class<?>[]::new);

	private WebApplications() {
	}

	/**
	 * Return a runner of applications with the whole of Spring MVC.
	 */
	public static WebApplicationContextRunner full() {
		return new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(THROTTLING))
			.withConfiguration(AutoConfigurations.of(SPRING_MVC));
	}

	/**
	 * Return a runner of applications with nothing but controllers, which starts faster.
	 * A path is included, so that rates apply to something without a controller, too.
	 */
	public static WebApplicationContextRunner small() {
		return new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(THROTTLING))
			.withUserConfiguration(Mapping.class)
			.withPropertyValues("throttle.include-paths=/included");
	}

	@Configuration(proxyBeanMethods = false)
	static class Mapping {

		@Bean
		RequestMappingHandlerMapping requestMappingHandlerMapping() {
			return new RequestMappingHandlerMapping();
		}

	}

}
