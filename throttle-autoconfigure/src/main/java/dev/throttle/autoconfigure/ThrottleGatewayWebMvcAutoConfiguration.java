package dev.throttle.autoconfigure;

import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.servlet.gateway.GatewayRouteScopes;
import dev.throttle.servlet.gateway.ThrottleFilterSupplier;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties;
import org.springframework.cloud.gateway.server.mvc.config.GatewayMvcPropertiesBeanDefinitionRegistrar.RouterFunctionHolder;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for throttling the routes of Spring Cloud Gateway on Spring MVC. It
 * has no order, because that would also put the gateway's own into another order: its
 * routes are refreshed only if it comes after the refresh scope.
 *
 * @since 1.0.0
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(RouterFunctionHolder.class)
public final class ThrottleGatewayWebMvcAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	static GatewayRouteScopes throttleGatewayRouteScopes(ObjectProvider<GatewayMvcProperties> properties,
			ObjectProvider<ThrottledHandlers> handlers) {
		return new GatewayRouteScopes(properties::getObject, handlers::getObject);
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleFilterSupplier throttleFilterSupplier() {
		return new ThrottleFilterSupplier();
	}

}
