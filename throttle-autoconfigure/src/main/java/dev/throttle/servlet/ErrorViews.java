package dev.throttle.servlet;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.servlet.view.InternalResourceView;

/**
 * The error pages of an application, found as Spring Boot's error controller finds them:
 * with the {@code ErrorViewResolver} beans (for example {@code error/429.html}), or else
 * the view {@code error}.
 */
final class ErrorViews {

	/**
	 * The name of {@code ErrorViewResolver} in Spring Boot 3 and in 4.
	 */
	private static final List<String> ERROR_VIEW_RESOLVERS = List.of(
			"org.springframework.boot.autoconfigure.web.servlet.error.ErrorViewResolver",
			"org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver");

	private final List<ErrorViewResolver> errorViewResolvers;

	private final List<ViewResolver> viewResolvers;

	ErrorViews(ApplicationContext context) {
		ClassLoader classLoader = context.getClassLoader();
		this.errorViewResolvers = ERROR_VIEW_RESOLVERS.stream()
			.filter((name) -> ClassUtils.isPresent(name, classLoader))
			.flatMap((name) -> resolvers(context, ClassUtils.resolveClassName(name, classLoader)))
			.toList();
		this.viewResolvers = context.getBeanProvider(ViewResolver.class).orderedStream().toList();
	}

	private static Stream<ErrorViewResolver> resolvers(ApplicationContext context, Class<?> type) {
		Method method = ClassUtils.getMethod(type, "resolveErrorView", HttpServletRequest.class, HttpStatus.class,
				Map.class);
		return context.getBeanProvider(type)
			.orderedStream()
			.map((bean) -> (request, status,
					model) -> (ModelAndView) ReflectionUtils.invokeMethod(method, bean, request, status, model));
	}

	/**
	 * Find the page for a status.
	 * @return the view and its model; null if the application has no page
	 */
	@Nullable ModelAndView find(int status, Map<String, Object> model, HttpServletRequest request, Locale locale)
			throws Exception {
		for (ErrorViewResolver resolver : this.errorViewResolvers) {
			ModelAndView page = resolver.resolve(request, HttpStatus.valueOf(status), model);
			View view = (page != null) ? view(page, request, locale) : null;
			if (page != null && view != null) {
				return new ModelAndView(view, page.getModel());
			}
		}
		View view = view("error", request, locale);
		return (view != null) ? new ModelAndView(view, model) : null;
	}

	private @Nullable View view(ModelAndView page, HttpServletRequest request, Locale locale) throws Exception {
		String name = page.getViewName();
		return (name != null) ? view(name, request, locale) : page.getView();
	}

	private @Nullable View view(String name, HttpServletRequest request, Locale locale) throws Exception {
		for (ViewResolver resolver : this.viewResolvers) {
			View view = resolver.resolveViewName(name, locale);
			if (view != null && exists(view, request.getServletContext())) {
				return view;
			}
		}
		return null;
	}

	/**
	 * Return whether the resource of a view exists. Some views, such as JSPs, are
	 * resolved even if there is no file.
	 */
	private static boolean exists(View view, ServletContext servletContext) throws IOException {
		String url = (view instanceof InternalResourceView resource) ? resource.getUrl() : null;
		return url == null || url.startsWith("/") && servletContext.getResource(url) != null;
	}

	/**
	 * Represents {@code ErrorViewResolver} of either Spring Boot 3 or 4.
	 */
	private interface ErrorViewResolver {

		@Nullable ModelAndView resolve(HttpServletRequest request, HttpStatus status, Map<String, Object> model);

	}

}
