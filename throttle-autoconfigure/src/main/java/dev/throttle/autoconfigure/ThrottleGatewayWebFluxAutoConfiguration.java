package dev.throttle.autoconfigure;

import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.reactive.GatewayRoutes;
import dev.throttle.reactive.gateway.CloudGatewayRoutes;
import dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for throttling the routes of Spring Cloud Gateway on WebFlux. It has
 * no order, because that would also put the gateway's own into another order.
 *
 * @since 1.0.0
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(FilteringWebHandler.class)
public final class ThrottleGatewayWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Nullable GatewayRoutes throttleGatewayRoutes(ObjectProvider<RouteLocator> locators, ListableBeanFactory beanFactory) {
		boolean isOn = beanFactory.getBeanNamesForType(FilteringWebHandler.class, true, false).length > 0;
		return isOn ? new CloudGatewayRoutes(locators) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	ThrottleGatewayFilterFactory throttleGatewayFilterFactory(ObjectProvider<ThrottledHandlers> handlers) {
		return new ThrottleGatewayFilterFactory(handlers::getObject);
	}

}
