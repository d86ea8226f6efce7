package dev.throttle.servlet;

import java.io.IOException;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.MessageSource;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers a {@link ThrottledException} and a {@link BackendUnavailableException} that no
 * exception handler of the application answers.
 *
 * @since 1.0.0
 */
public final class ThrottledExceptionResolver implements HandlerExceptionResolver {

	private static final Logger logger = LoggerFactory.getLogger(ThrottledExceptionResolver.class);

	private final ErrorPage page = new ErrorPage();

	private final ThrottledResponse response;

	/**
	 * Create a resolver.
	 * @param messages translates {@code throttle.title}, {@code throttle.detail},
	 * {@code throttle.detail.never}, {@code throttle.detail.second} and
	 * {@code throttle.detail.seconds}, the last two with the seconds as their argument
	 */
	public ThrottledExceptionResolver(MessageSource messages) {
		this.response = new ThrottledResponse(messages, this.page);
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (response.isCommitted() || !prepare(ex, response)) {
			return null;
		}
		try {
			if (ex instanceof ThrottledException throttled) {
				this.response.write(throttled, request, response);
			}
			else {
				UnavailableResponse.write(this.page, request, response);
			}
		}
		catch (IOException writeFailure) {
			logger.debug("The answer to a denied request could not be written", writeFailure);
		}
		return new ModelAndView();
	}

	/**
	 * Set the status and the headers of a denial, which hold for an exception handler
	 * that sets no others.
	 * @return whether the exception is a denial
	 */
	static boolean prepare(Exception exception, HttpServletResponse response) {
		if (exception instanceof ThrottledException throttled) {
			response.setStatus(429);
			DenialHeaders.set(throttled, response);
			return true;
		}
		if (exception instanceof BackendUnavailableException unavailable) {
			response.setStatus(503);
			DenialHeaders.set(unavailable, response);
			return true;
		}
		return false;
	}

}
