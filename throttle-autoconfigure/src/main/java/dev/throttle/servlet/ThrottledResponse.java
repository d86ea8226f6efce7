package dev.throttle.servlet;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import dev.throttle.ThrottledException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a denied request with status 429 and a problem (RFC 9457), its type the one of
 * draft-ietf-httpapi-ratelimit-headers-11 where a policy is violated; or with a page
 * where the client prefers one.
 */
final class ThrottledResponse {

	private static final String QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

	private final MessageSource messages;

	private final ErrorPage page;

	ThrottledResponse(MessageSource messages, ErrorPage page) {
		this.messages = messages;
		this.page = page;
	}

	void write(ThrottledException exception, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		Locale locale = RequestContextUtils.getLocale(request);
		String title = message("throttle.title", null, "Too Many Requests", locale);
		String detail = detail(exception, locale);
		if (ErrorPage.isPreferred(request)) {
			this.page.write(429, title, detail, request, response);
		}
		else {
			ProblemResponse.write(429, problem(exception, title, detail, request), response);
		}
	}

	private static String problem(ThrottledException exception, String title, String detail,
			HttpServletRequest request) {
		List<String> violated = exception.getViolatedPolicies();
		JsonObject problem = new JsonObject();
		problem.add("type", violated.isEmpty() ? "about:blank" : QUOTA_EXCEEDED);
		problem.add("title", title);
		problem.add("status", 429);
		problem.add("detail", detail);
		problem.add("instance", request.getRequestURI());
		if (!violated.isEmpty()) {
			problem.add("violated-policies", violated);
		}
		return problem.toString();
	}

	private String detail(ThrottledException exception, Locale locale) {
		OptionalLong seconds = exception.getRetryAfterSeconds();
		String sentence = String.valueOf(exception.getMessage());
		if (seconds.isEmpty()) {
			String detail = message("throttle.detail", null, sentence, locale);
			return exception.isCostAboveLimit() ? message("throttle.detail.never", null, detail, locale) : detail;
		}
		String code = (seconds.getAsLong() == 1) ? "throttle.detail.second" : "throttle.detail.seconds";
		return message(code, Long.toString(seconds.getAsLong()), sentence, locale);
	}

	private String message(String code, @Nullable String argument, String byDefault, Locale locale) {
		Object[] arguments = (argument != null) ? new Object[] { argument } : null;
		String message = this.messages.getMessage(code, arguments, null, locale);
		return (message != null && !message.equals(code)) ? message : byDefault;
	}

}
