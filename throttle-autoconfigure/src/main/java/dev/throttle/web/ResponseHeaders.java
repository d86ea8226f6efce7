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
	 * Add a further value to a header, unless it has that value.
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
	 * @param denial a {@link ThrottledException}, or a
	 * {@link BackendUnavailableException}; nothing is written for any other exception
	 */
	public final void write(Exception denial) {
		if (denial instanceof ThrottledException throttled) {
			write(throttled.getRetryAfterSeconds());
		}
		else if (denial instanceof BackendUnavailableException unavailable) {
			write(new ThrottledException(unavailable.getRetryAfter()).getRetryAfterSeconds());
		}
	}

	private void write(OptionalLong retryAfterSeconds) {
		set(HttpHeaders.CACHE_CONTROL, "no-store");
		if (retryAfterSeconds.isPresent() && !contains(HttpHeaders.RETRY_AFTER)) {
			set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds.getAsLong()));
			if (isReadByOtherOrigins()) {
				expose(HttpHeaders.RETRY_AFTER);
			}
		}
	}

	private boolean isReadByOtherOrigins() {
		return contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
	}

	private void expose(String names) {
		add(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, names);
	}

}
