package dev.throttle.servlet.gateway;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;

import org.springframework.cloud.gateway.server.mvc.common.Shortcut;
import org.springframework.cloud.gateway.server.mvc.filter.FilterSupplier;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Supplies the filter {@code Throttle=scope}, which counts the requests of a route under
 * a scope, in addition to the default throttles. The filter does nothing: the scope is
 * counted before the filters of the route, see {@link GatewayRouteScopes}.
 *
 * @since 1.0.0
 */
public final class ThrottleFilterSupplier implements FilterSupplier {

	/**
	 * Create a supplier.
	 */
	public ThrottleFilterSupplier() {
	}

	@Override
	public Collection<Method> get() {
		return List.of(Filters.class.getDeclaredMethods());
	}

	/**
	 * What the properties of routes name, not for code: nothing would be counted.
	 */
	static final class Filters {

		private Filters() {
		}

		@Shortcut
		static HandlerFilterFunction<ServerResponse, ServerResponse> throttle(String scope) {
			return (request, next) -> next.handle(request);
		}

	}

}
