package dev.throttle.autoconfigure;

import java.util.Optional;

import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.MethodDeclarations;
import dev.throttle.handler.OutgoingCheck;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.method.ThrottleMethodAdvisor;
import dev.throttle.method.ThrottledMethods;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Configuration of limits on the methods of beans.
 */
@Configuration(proxyBeanMethods = false)
class MethodConfiguration {

	/**
	 * Created before all other beans, so it asks for them only when a method is called.
	 */
	@Bean(MethodDeclarations.ADVISOR)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ThrottleMethodAdvisor throttleMethodAdvisor(ObjectProvider<ThrottledMethods> methods) {
		return new ThrottleMethodAdvisor(methods);
	}

	@Bean
	static CreatedBeans throttleCreatedBeans() {
		return new CreatedBeans();
	}

	@Bean
	LimitedMethods throttleLimitedMethods(ThrottledMethods methods, CreatedBeans created, ConfiguredScopes scopes,
			ConfigurableListableBeanFactory beanFactory) {
		return new LimitedMethods(methods, created, new OutgoingCheck(scopes.outgoing().properties()), beanFactory);
	}

	@Bean
	ThrottledMethods throttledMethods(RateRegistry rates, RateLimiters limiters, ConfiguredScopes scopes,
			Environment environment, ObjectProvider<ThrottledHandlers> handlers) {
		SingletonSupplier<Optional<ThrottledHandlers>> known = SingletonSupplier
			.of(() -> Optional.ofNullable(handlers.getIfAvailable()));
		return new ThrottledMethods(
				new MethodDeclarations(rates, new OutgoingCheck(scopes.outgoing().properties()),
						environment::resolveRequiredPlaceholders),
				limiters, rates,
				(type, method) -> known.obtain().map((found) -> found.handles(type, method)).orElse(false));
	}

}
