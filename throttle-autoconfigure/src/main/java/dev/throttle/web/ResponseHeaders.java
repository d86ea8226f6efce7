package dev.throttle.web;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

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
public final class ResponseHeaders {

	private final Predicate<String> contains;

	private final BiConsumer<String, String> set;

	private final BiConsumer<String, String> add;

	/**
	 * Create the headers of a response.
	 * @param contains whether the response has a header of that name
	 * @param set sets a header, given its name and its value
	 * @param add adds a further value to a header, given its name and the value
	 */
	public ResponseHeaders(Predicate<String> contains, BiConsumer<String, String> set, BiConsumer<String, String> add) {
		this.contains = contains;
		this.set = set;
		this.add = add;
	}

	/**
	 * Write the rate limit headers of a decision.
	 * @param headers the headers to write
	 * @param decision the decision about the request
	 */
	public void write(RateLimitHeaders headers, Decision decision) {
		if (!isReadByOtherOrigins()) {
			headers.write(decision, this.set);
			return;
		}
		List<String> names = new ArrayList<>();
		headers.write(decision, (name, value) -> {
			this.set.accept(name, value);
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
	public void write(ThrottledException exception) {
		OptionalLong seconds = exception.getRetryAfterSeconds();
		this.set.accept(HttpHeaders.CACHE_CONTROL, "no-store");
		if (seconds.isPresent() && !this.contains.test(HttpHeaders.RETRY_AFTER)) {
			this.set.accept(HttpHeaders.RETRY_AFTER, Long.toString(seconds.getAsLong()));
			if (isReadByOtherOrigins()) {
				expose(HttpHeaders.RETRY_AFTER);
			}
		}
	}

	/**
	 * Write the same for a request that could not be counted.
	 * @param exception why it could not be counted
	 */
	public void write(BackendUnavailableException exception) {
		write(new ThrottledException(exception.getRetryAfter()));
	}

	private boolean isReadByOtherOrigins() {
		return this.contains.test(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
	}

	private void expose(String names) {
		this.add.accept(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, names);
	}

}
