package dev.throttle.servlet;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.web.DenialExceptionHandlers;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMappingInfo;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;

/**
 * Calls only the {@link ExceptionHandler} methods that name {@link ThrottledException},
 * {@link BackendUnavailableException} or a subclass: first those of the controller, then
 * those of each advice in order.
 */
final class SpecificExceptionHandlers extends ExceptionHandlerExceptionResolver {

	private final ApplicationContext context;

	private final Map<Class<?>, ExceptionHandlerMethodResolver> ofControllers = new ConcurrentHashMap<>();

	private final Map<ControllerAdviceBean, ExceptionHandlerMethodResolver> ofAdvice;

	private SpecificExceptionHandlers(ApplicationContext context, ExceptionHandlerExceptionResolver general) {
		this.context = context;
		this.ofAdvice = general.getExceptionHandlerAdviceCache();
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
		List<MediaType> accepted = accepted(request);
		Class<?> controller = null;
		if (handler != null) {
			controller = handler.getBeanType();
			Method method = find(this.ofControllers.computeIfAbsent(controller, ExceptionHandlerMethodResolver::new),
					exception, accepted, request);
			if (method != null) {
				return new ServletInvocableHandlerMethod(handler.getBean(), method, this.context);
			}
			controller = Proxy.isProxyClass(controller) ? AopUtils.getTargetClass(handler.getBean()) : controller;
		}
		for (Map.Entry<ControllerAdviceBean, ExceptionHandlerMethodResolver> entry : this.ofAdvice.entrySet()) {
			ControllerAdviceBean advice = entry.getKey();
			Method method = advice.isApplicableToBeanType(controller)
					? find(entry.getValue(), exception, accepted, request) : null;
			if (method != null) {
				return new ServletInvocableHandlerMethod(advice.resolveBean(), method, this.context);
			}
		}
		return null;
	}

	private List<MediaType> accepted(ServletWebRequest request) {
		try {
			return getContentNegotiationManager().resolveMediaTypes(request);
		}
		catch (HttpMediaTypeNotAcceptableException ex) {
			return List.of(MediaType.ALL);
		}
	}

	private static @Nullable Method find(ExceptionHandlerMethodResolver methods, Exception exception,
			List<MediaType> accepted, ServletWebRequest request) {
		ExceptionHandlerMappingInfo found = DenialExceptionHandlers.find(methods, exception, accepted);
		if (found == null) {
			return null;
		}
		if (!found.getProducibleTypes().isEmpty()) {
			request.setAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, found.getProducibleTypes(),
					RequestAttributes.SCOPE_REQUEST);
		}
		return found.getHandlerMethod();
	}

}
