package dev.throttle.servlet;

import java.io.IOException;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.HtmlUtils;

/**
 * Answers a denied request of a browser with the application's error page, or with a
 * plain one where it has none. There is no error dispatch, which Spring Security may
 * refuse.
 */
final class ErrorPage {

	private static final Logger logger = LoggerFactory.getLogger(ErrorPage.class);

	/** A handler may have said that of its own answer. */
	private static final long LENGTH_NOT_KNOWN = -1;

	private final Map<ApplicationContext, ErrorViews> views = new ConcurrentHashMap<>(1);

	/**
	 * Return whether the client prefers HTML to JSON: it accepts HTML by its name, and
	 * nothing that may be JSON before it.
	 */
	static boolean isPreferred(HttpServletRequest request) {
		List<String> accept = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
		if (accept.isEmpty()) {
			return false;
		}
		try {
			List<MediaType> accepted = MediaType.parseMediaTypes(accept);
			MimeTypeUtils.sortBySpecificity(accepted);
			for (MediaType type : accepted) {
				if (type.includes(MediaType.APPLICATION_JSON) || type.includes(MediaType.APPLICATION_PROBLEM_JSON)) {
					return false;
				}
				if (type.getQualityValue() > 0
						&& (type.includes(MediaType.TEXT_HTML) || type.includes(MediaType.APPLICATION_XHTML_XML))) {
					return true;
				}
			}
		}
		catch (InvalidMediaTypeException | InvalidMimeTypeException ex) {
			logger.debug("The Accept header of a denied request is no list of media types", ex);
		}
		return false;
	}

	void write(int status, String title, String detail, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		if (!render(status, title, detail, request, response)) {
			ProblemResponse.write(status, "text/html;charset=UTF-8", page(title, detail), response);
		}
	}

	private boolean render(int status, String title, String detail, HttpServletRequest request,
			HttpServletResponse response) {
		ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
		if (context == null) {
			return false;
		}
		Locale locale = RequestContextUtils.getLocale(request);
		try {
			ModelAndView page = this.views.computeIfAbsent(context, ErrorViews::new)
				.find(status, model(status, title, detail, request), request, locale);
			View view = (page != null) ? page.getView() : null;
			if (page == null || view == null) {
				return false;
			}
			response.resetBuffer();
			response.setContentLengthLong(LENGTH_NOT_KNOWN);
			response.setStatus(status);
			response.setLocale(locale);
			view.render(page.getModel(), request, response);
			return true;
		}
		catch (Exception ex) {
			logger.debug("The error page of the application could not be rendered", ex);
			return response.isCommitted();
		}
	}

	/**
	 * Return what pages find in the model that Spring Boot gives them.
	 */
	@SuppressWarnings("JavaUtilDate")
	private static Map<String, Object> model(int status, String title, String detail, HttpServletRequest request) {
		Map<String, Object> model = new LinkedHashMap<>();
		model.put("timestamp", new Date());
		model.put("status", status);
		model.put("error", title);
		model.put("message", detail);
		model.put("path", request.getRequestURI());
		return model;
	}

	private static String page(String title, String detail) {
		return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>" + text(title) + "</title></head><body><h1>"
				+ text(title) + "</h1><p>" + text(detail) + "</p></body></html>";
	}

	/**
	 * Return a text for HTML that reads the same in every character encoding.
	 */
	private static String text(String text) {
		StringBuilder ascii = new StringBuilder(text.length());
		HtmlUtils.htmlEscape(text).codePoints().forEach((character) -> {
			if (character < 0x7F) {
				ascii.append((char) character);
			}
			else {
				ascii.append("&#").append(character).append(';');
			}
		});
		return ascii.toString();
	}

}
