package dev.throttle.servlet;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.throttle.web.DenialExceptionHandlers;
import dev.throttle.web.DenialExceptionHandlers.DenialExceptionHandler;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;

/**
 * Calls only the exception handlers that {@linkplain DenialExceptionHandlers name a
 * denial}.
 */
final class SpecificExceptionHandlers extends ExceptionHandlerExceptionResolver {

	private final ApplicationContext context;

	private final DenialExceptionHandlers handlers;

	private SpecificExceptionHandlers(ApplicationContext context, ExceptionHandlerExceptionResolver general) {
		this.context = context;
		this.handlers = new DenialExceptionHandlers(general.getExceptionHandlerAdviceCache());
		setContentNegotiationManager(general.getContentNegotiationManager());
		if (general.getArgumentResolvers() != null) {
			setArgumentResolvers(general.getArgumentResolvers().getResolvers());
		}
		if (general.getReturnValueHandlers() != null) {
			setReturnValueHandlers(general.getReturnValueHandlers().getHandlers());
		}
	}

	/**
	 * Find the exception handlers of an application. They use its argument resolvers and
	 * message converters.
	 * @param context the application
	 * @return the exception handlers; empty if the application does not use exception
	 * handler methods
	 */
	static Optional<SpecificExceptionHandlers> find(ApplicationContext context) {
		for (HandlerExceptionResolver resolver : BeanFactoryUtils
			.beansOfTypeIncludingAncestors(context, HandlerExceptionResolver.class, true, false)
			.values()) {
			List<HandlerExceptionResolver> resolvers = (resolver instanceof HandlerExceptionResolverComposite composite)
					? composite.getExceptionResolvers() : List.of(resolver);
			for (HandlerExceptionResolver each : resolvers) {
				if (each instanceof ExceptionHandlerExceptionResolver general) {
					return Optional.of(new SpecificExceptionHandlers(context, general));
				}
			}
		}
		return Optional.empty();
	}

	@Override
	protected boolean shouldApplyTo(HttpServletRequest request, @Nullable Object handler) {
		return true;
	}

	@Override
	protected @Nullable ServletInvocableHandlerMethod getExceptionHandlerMethod(@Nullable HandlerMethod handler,
			Exception exception, ServletWebRequest request) {
		DenialExceptionHandler found = this.handlers.find(handler, exception, accepted(request));
		if (found == null) {
			return null;
		}
		Set<MediaType> producible = found.method().getProducibleTypes();
		if (!producible.isEmpty()) {
			request.setAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, producible,
					RequestAttributes.SCOPE_REQUEST);
		}
		return new ServletInvocableHandlerMethod(found.bean(), found.method().getHandlerMethod(), this.context);
	}

	private List<MediaType> accepted(ServletWebRequest request) {
		try {
			return getContentNegotiationManager().resolveMediaTypes(request);
		}
		catch (HttpMediaTypeNotAcceptableException ex) {
			return List.of(MediaType.ALL);
		}
	}

}
