package dev.throttle.web;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.Decision;

import org.springframework.http.HttpHeaders;

/**
 * The headers of one response. If CORS lets scripts of other origins read the response,
 * they can read these headers too.
 *
 * @since 1.0.0
 */
public abstract class ResponseHeaders {

	/**
	 * Return whether the response has a header.
	 * @param name the header's name
	 * @return whether it is set
	 */
	protected abstract boolean contains(String name);

	/**
	 * Set a header, in place of its values.
	 * @param name the header's name
	 * @param value the value
	 */
	protected abstract void set(String name, String value);

	/**
	 * Add a further value to a header.
	 * @param name the header's name
	 * @param value the value
	 */
	protected abstract void add(String name, String value);

	/**
	 * Write the rate limit headers of a decision.
	 * @param headers the headers to write
	 * @param decision the decision about the request
	 */
	public final void write(RateLimitHeaders headers, Decision decision) {
		if (!isReadByOtherOrigins()) {
			headers.write(decision, this::set);
			return;
		}
		List<String> names = new ArrayList<>();
		headers.write(decision, (name, value) -> {
			set(name, value);
			names.add(name);
		});
		if (!names.isEmpty()) {
			expose(String.join(", ", names));
		}
	}

	/**
	 * Write the headers of every denial: {@code Cache-Control} and {@code Retry-After},
	 * unless the latter is already set.
	 * @param exception the denial
	 */
	public final void write(ThrottledException exception) {
		OptionalLong seconds = exception.getRetryAfterSeconds();
		set(HttpHeaders.CACHE_CONTROL, "no-store");
		if (seconds.isPresent() && !contains(HttpHeaders.RETRY_AFTER)) {
			set(HttpHeaders.RETRY_AFTER, Long.toString(seconds.getAsLong()));
			if (isReadByOtherOrigins()) {
				expose(HttpHeaders.RETRY_AFTER);
			}
		}
	}

	/**
	 * Write the same for a request that could not be counted.
	 * @param exception why it could not be counted
	 */
	public final void write(BackendUnavailableException exception) {
		write(new ThrottledException(exception.getRetryAfter()));
	}

	private boolean isReadByOtherOrigins() {
		return contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
	}

	private void expose(String names) {
		add(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, names);
	}

}
