package dev.throttle.servlet;

import java.io.IOException;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.web.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a denied request of a browser with the application's error page, or else with a
 * plain one. It makes no error dispatch, because Spring Security may refuse it.
 */
final class ErrorPage {

	private static final Logger logger = LoggerFactory.getLogger(ErrorPage.class);

	/** Removes a content length that the handler has set for its own answer. */
	private static final long LENGTH_NOT_KNOWN = -1;

	private final Map<ApplicationContext, ErrorViews> views = new ConcurrentHashMap<>(1);

	void write(Problem problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!render(problem, request, response)) {
			ResponseBody.write(problem.status(), "text/html;charset=UTF-8", problem.toHtml(), response);
		}
	}

	private boolean render(Problem problem, HttpServletRequest request, HttpServletResponse response) {
		ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
		if (context == null) {
			return false;
		}
		Locale locale = RequestContextUtils.getLocale(request);
		try {
			ModelAndView page = this.views.computeIfAbsent(context, ErrorViews::new)
				.find(problem.status(), model(problem, request), request, locale);
			View view = (page != null) ? page.getView() : null;
			if (page == null || view == null) {
				return false;
			}
			response.resetBuffer();
			response.setContentLengthLong(LENGTH_NOT_KNOWN);
			response.setStatus(problem.status());
			response.setLocale(locale);
			view.render(page.getModel(), request, response);
			return true;
		}
		catch (Exception ex) {
			logger.debug("Could not render the application's error page", ex);
			return response.isCommitted();
		}
	}

	/**
	 * Return the attributes that Spring Boot adds to the model of an error page.
	 */
	@SuppressWarnings("JavaUtilDate")
	private static Map<String, Object> model(Problem problem, HttpServletRequest request) {
		Map<String, Object> model = new LinkedHashMap<>();
		model.put("timestamp", new Date());
		model.put("status", problem.status());
		model.put("error", problem.title());
		model.put("message", problem.detail());
		model.put("path", request.getRequestURI());
		return model;
	}

}
