package dev.throttle.servlet;

import java.util.List;
import java.util.function.Supplier;

import dev.throttle.Reservation;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.util.Assert;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Gives handlers of Spring MVC their arguments of type {@link Reservation} and
 * {@link ThrottleRequest}. The latter declares no scopes.
 *
 * @since 1.0.0
 */
public final class ThrottleArgumentResolver implements HandlerMethodArgumentResolver, WebMvcConfigurer {

	private final Supplier<ClientAddressResolver> addresses;

	/**
	 * Create a resolver of arguments.
	 * @param addresses returns what resolves the client's address
	 */
	public ThrottleArgumentResolver(Supplier<ClientAddressResolver> addresses) {
		this.addresses = addresses;
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(this);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == Reservation.class || type == ThrottleRequest.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		if (parameter.getParameterType() == ThrottleRequest.class) {
			HttpServletRequest asked = request.getNativeRequest(HttpServletRequest.class);
			Assert.state(asked != null, "The request is not one of a servlet");
			return new ServletThrottleRequest(asked, DeclaredScopes.NONE, this.addresses.get(), ByteScopes.NONE);
		}
		Object reservation = request.getAttribute(Reservation.ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
		return (reservation != null) ? reservation : Reservation.NONE;
	}

}
