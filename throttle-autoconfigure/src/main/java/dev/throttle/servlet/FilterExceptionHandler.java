package dev.throttle.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.HttpMethod;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a filter's exception as {@link DispatcherServlet} answers that of a handler:
 * with the application's CORS headers, exception handlers and views.
 */
final class FilterExceptionHandler {

	private final ApplicationContext context;

	private final CorsRules cors;

	private final Supplier<List<HandlerExceptionResolver>> resolvers;

	/**
	 * Create the handler of an application.
	 * @param corsFilters returns its CORS filters, except those of Spring Security
	 */
	FilterExceptionHandler(ApplicationContext context, Supplier<List<CorsFilter>> corsFilters) {
		this.context = context;
		this.cors = new CorsRules(context, corsFilters);
		this.resolvers = SingletonSupplier.of(() -> beans(HandlerExceptionResolver.class));
	}

	private <T> List<T> beans(Class<T> type) {
		List<T> beans = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(this.context, type, true, false).values());
		AnnotationAwareOrderComparator.sort(beans);
		return beans;
	}

	void answer(RuntimeException exception, HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		answer(exception, request, response, () -> {
		});
	}

	/**
	 * Answer a request. An exception that nothing handles is thrown.
	 * @param headers sets headers, once those of CORS are there
	 */
	void answer(RuntimeException exception, HttpServletRequest sent, HttpServletResponse response, Runnable headers)
			throws ServletException, IOException {
		HttpServletRequest request = CorsUtils.isPreFlightRequest(sent) ? new NoPreflight(sent) : sent;
		request.setAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE, this.context);
		if (this.context.containsBean(DispatcherServlet.LOCALE_RESOLVER_BEAN_NAME)) {
			request.setAttribute(DispatcherServlet.LOCALE_RESOLVER_ATTRIBUTE,
					this.context.getBean(DispatcherServlet.LOCALE_RESOLVER_BEAN_NAME, LocaleResolver.class));
		}
		if (!this.cors.allow(request, response)) {
			return;
		}
		headers.run();
		RequestAttributes before = RequestContextHolder.getRequestAttributes();
		ServletRequestAttributes attributes = new ServletRequestAttributes(request, response);
		RequestContextHolder.setRequestAttributes(attributes);
		try {
			resolve(exception, request, response);
		}
		finally {
			RequestContextHolder.setRequestAttributes(before);
			attributes.requestCompleted();
		}
	}

	private void resolve(RuntimeException exception, HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		for (HandlerExceptionResolver resolver : this.resolvers.get()) {
			ModelAndView answer = resolver.resolveException(request, response, null, exception);
			if (answer != null) {
				if (!answer.isEmpty()) {
					render(answer, request, response);
				}
				return;
			}
		}
		throw exception;
	}

	private void render(ModelAndView answer, HttpServletRequest request, HttpServletResponse response)
			throws ServletException, IOException {
		Locale locale = RequestContextUtils.getLocale(request);
		try {
			View view = view(answer, locale);
			if (view == null) {
				throw new ServletException("There is no view with the name '" + answer.getViewName() + "'");
			}
			if (answer.getStatus() != null) {
				response.setStatus(answer.getStatus().value());
			}
			response.setLocale(locale);
			view.render(answer.getModel(), request, response);
		}
		catch (ServletException | IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new ServletException(ex);
		}
	}

	private @Nullable View view(ModelAndView answer, Locale locale) throws Exception {
		View view = answer.getView();
		String name = answer.getViewName();
		if (name != null) {
			for (ViewResolver resolver : beans(ViewResolver.class)) {
				view = (view != null) ? view : resolver.resolveViewName(name, locale);
			}
		}
		return view;
	}

	/**
	 * A request that looks like a preflight, but is not to be answered as one.
	 */
	private static final class NoPreflight extends HttpServletRequestWrapper {

		private NoPreflight(HttpServletRequest request) {
			super(request);
		}

		@Override
		public String getMethod() {
			return HttpMethod.GET.name();
		}

	}

}
