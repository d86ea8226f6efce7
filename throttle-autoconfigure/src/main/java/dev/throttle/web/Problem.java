package dev.throttle.web;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.MessageSource;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.HtmlUtils;

/**
 * The problem (RFC 9457) of a request that was denied, or that could not be counted. Its
 * types are those of draft-ietf-httpapi-ratelimit-headers-11.
 *
 * @param status the status of the answer
 * @param type the type of the problem
 * @param title the title in the client's language
 * @param detail the detail in the client's language
 * @param violatedPolicies the names of the policies that deny the request; empty for none
 * @since 1.0.0
 */
public record Problem(int status, String type, String title, String detail, List<String> violatedPolicies) {

	private static final Logger logger = LoggerFactory.getLogger(Problem.class);

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVICE_UNAVAILABLE = 503;

	private static final String QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

	private static final String REDUCED_CAPACITY = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

	/**
	 * Return the status with which an exception is answered.
	 * @param exception the exception
	 * @return the status; empty if throttling does not throw this exception
	 */
	public static OptionalInt status(Exception exception) {
		return (exception instanceof ThrottledException) ? OptionalInt.of(TOO_MANY_REQUESTS)
				: (exception instanceof BackendUnavailableException) ? OptionalInt.of(SERVICE_UNAVAILABLE)
						: OptionalInt.empty();
	}

	/**
	 * Return whether a client prefers a page to JSON: it names HTML, and nothing that
	 * includes JSON comes before it.
	 * @param accept the values of the header {@code Accept}
	 * @return whether it prefers a page
	 */
	public static boolean isPagePreferred(List<String> accept) {
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
			logger.debug("The Accept header of a denied request is not valid", ex);
		}
		return false;
	}

	/**
	 * Return the problem of a request that is denied, or that could not be counted.
	 * @param denial a {@link ThrottledException}, or a
	 * {@link BackendUnavailableException}
	 * @param messages the source of {@code throttle.title}, {@code throttle.detail},
	 * {@code throttle.detail.never}, {@code throttle.detail.second} and
	 * {@code throttle.detail.seconds}; the last two take the seconds as an argument. For
	 * a limit of bytes, {@code throttle.detail.bytes} and so on are preferred
	 * @param locale the client's language
	 * @return the problem
	 */
	public static Problem of(Exception denial, MessageSource messages, Locale locale) {
		return (denial instanceof ThrottledException throttled) ? denied(throttled, messages, locale)
				: new Problem(SERVICE_UNAVAILABLE, REDUCED_CAPACITY, "Service Unavailable",
						"Requests cannot be counted at the moment.", List.of());
	}

	private static Problem denied(ThrottledException exception, MessageSource messages, Locale locale) {
		List<String> violated = exception.getViolatedPolicies();
		return new Problem(TOO_MANY_REQUESTS, violated.isEmpty() ? "about:blank" : QUOTA_EXCEEDED,
				message(messages, "throttle.title", null, "Too Many Requests", locale),
				detail(exception, messages, locale), violated);
	}

	private static String detail(ThrottledException exception, MessageSource messages, Locale locale) {
		OptionalLong seconds = exception.getRetryAfterSeconds();
		String argument = seconds.isPresent() ? Long.toString(seconds.getAsLong()) : null;
		String detail = String.valueOf(exception.getMessage());
		List<String> kinds = seconds.isPresent() ? List.of((seconds.getAsLong() == 1) ? ".second" : ".seconds")
				: exception.isCostAboveLimit() ? List.of("", ".never") : List.of("");
		for (String unit : exception.isInBytes() ? List.of("", ".bytes") : List.of("")) {
			for (String kind : kinds) {
				detail = message(messages, "throttle.detail" + unit + kind, argument, detail, locale);
			}
		}
		return detail;
	}

	private static String message(MessageSource messages, String code, @Nullable String argument, String byDefault,
			Locale locale) {
		Object[] arguments = (argument != null) ? new Object[] { argument } : null;
		String message = messages.getMessage(code, arguments, null, locale);
		return (message != null && !message.equals(code)) ? message : byDefault;
	}

	/**
	 * Return the problem as {@code application/problem+json}.
	 * @param instance the path of the request
	 * @return the JSON
	 */
	public String toJson(String instance) {
		JsonObject json = new JsonObject();
		json.add("type", this.type);
		json.add("title", this.title);
		json.add("status", this.status);
		json.add("detail", this.detail);
		json.add("instance", instance);
		if (!this.violatedPolicies.isEmpty()) {
			json.add("violated-policies", this.violatedPolicies);
		}
		return json.toString();
	}

	/**
	 * Return the problem as a plain ASCII page, which is correct in any character
	 * encoding.
	 * @return the HTML
	 */
	public String toHtml() {
		return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>" + text(this.title)
				+ "</title></head><body><h1>" + text(this.title) + "</h1><p>" + text(this.detail)
				+ "</p></body></html>";
	}

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
