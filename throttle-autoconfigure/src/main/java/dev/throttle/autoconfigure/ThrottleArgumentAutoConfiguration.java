package dev.throttle.autoconfigure;

import java.lang.reflect.Method;

import dev.throttle.Reservation;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Auto-configuration for arguments of type {@link Reservation} and
 * {@link ThrottleRequest}. It is part of {@code @WebMvcTest} and {@code @WebFluxTest}, so
 * that handlers with such an argument can be called there.
 *
 * @since 1.0.0
 */
@AutoConfiguration
public final class ThrottleArgumentAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(WebMvcConfigurer.class)
	static class OfWebMvc {

		@Bean
		dev.throttle.servlet.ThrottleArgumentResolver throttleArgumentResolver(
				ObjectProvider<ClientAddressResolver> addresses) {
			return new dev.throttle.servlet.ThrottleArgumentResolver(() -> addresses(addresses));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass(WebFluxConfigurer.class)
	static class OfWebFlux {

		@Bean
		dev.throttle.reactive.ThrottleArgumentResolver throttleArgumentResolver(
				ObjectProvider<ClientAddressResolver> addresses) {
			return new dev.throttle.reactive.ThrottleArgumentResolver(() -> addresses(addresses));
		}

	}

	private static ClientAddressResolver addresses(ObjectProvider<ClientAddressResolver> addresses) {
		return addresses.getIfAvailable(() -> ClientAddressResolver.builder().build());
	}

	/**
	 * Hides the arguments from springdoc, which would document them as parameters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = Springdoc.UTILS)
	static class Springdoc {

		static final String UTILS = "org.springdoc.core.utils.SpringDocUtils";

		Springdoc() {
			Class<?> utils = ClassUtils.resolveClassName(UTILS, Springdoc.class.getClassLoader());
			Method config = ReflectionUtils.findMethod(utils, "getConfig");
			Method ignore = ReflectionUtils.findMethod(utils, "addRequestWrapperToIgnore", Class[].class);
			if (config != null && ignore != null) {
				ReflectionUtils.invokeMethod(ignore, ReflectionUtils.invokeMethod(config, null),
						(Object) new Class<?>[] { Reservation.class, ThrottleRequest.class });
			}
		}

	}

}
