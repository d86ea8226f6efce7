package dev.throttle.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import dev.throttle.ThrottledException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Answers a denied request with status 429 and a problem (RFC 9457), its type the one of
 * draft-ietf-httpapi-ratelimit-headers-11 where a policy is violated.
 */
final class ThrottledResponse {

	private static final String RETRY_AFTER = "Retry-After";

	private static final String QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

	private final MessageSource messages;

	ThrottledResponse(MessageSource messages) {
		this.messages = messages;
	}

	static void setRetryAfter(ThrottledException exception, HttpServletResponse response) {
		OptionalLong seconds = exception.getRetryAfterSeconds();
		if (seconds.isPresent()) {
			response.setHeader(RETRY_AFTER, Long.toString(seconds.getAsLong()));
			ExposedHeaders.expose(response, RETRY_AFTER);
		}
	}

	void write(ThrottledException exception, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		if (!response.containsHeader(RETRY_AFTER)) {
			setRetryAfter(exception, response);
		}
		response.resetBuffer();
		response.setStatus(429);
		response.setHeader("Cache-Control", "no-store");
		response.setContentType("application/problem+json");
		write(body(exception, request), response);
	}

	private static void write(String body, HttpServletResponse response) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		ServletOutputStream output;
		try {
			output = response.getOutputStream();
		}
		catch (IllegalStateException handlerHasTakenTheWriter) {
			writeInAnyCharset(body, response);
			return;
		}
		response.setContentLength(bytes.length);
		output.write(bytes);
	}

	/**
	 * Write what reads the same in the character encoding that a handler has chosen
	 * before it failed.
	 */
	private static void writeInAnyCharset(String body, HttpServletResponse response) throws IOException {
		StringBuilder ascii = new StringBuilder(body.length());
		for (int i = 0; i < body.length(); i++) {
			char character = body.charAt(i);
			ascii.append((character < 0x7F) ? character : String.format("\\u%04x", (int) character));
		}
		response.setContentLength(ascii.length());
		response.getWriter().append(ascii);
	}

	private String body(ThrottledException exception, HttpServletRequest request) {
		Locale locale = RequestContextUtils.getLocale(request);
		List<String> violated = exception.getViolatedPolicies();
		JsonObject problem = new JsonObject();
		problem.add("type", violated.isEmpty() ? "about:blank" : QUOTA_EXCEEDED);
		problem.add("title", message("throttle.title", null, "Too Many Requests", locale));
		problem.add("status", 429);
		problem.add("detail", detail(exception, locale));
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
			return message("throttle.detail", null, sentence, locale);
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
