package dev.throttle.reactive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.engine.Decision;
import dev.throttle.web.RateLimitHeaderKind;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.ResponseHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * The headers of a reactive response.
 */
final class ReactiveResponseHeaders extends ResponseHeaders {

	/** The headers to write, by name. */
	private static final String OWN = ReactiveResponseHeaders.class.getName();

	private final HttpHeaders headers;

	ReactiveResponseHeaders(ServerHttpResponse response) {
		this.headers = response.getHeaders();
	}

	/**
	 * Write the headers of a decision when the response is sent, in place of those of an
	 * earlier decision. Headers of the same kind that other code sets are dropped.
	 */
	static void write(RateLimitHeaders headers, Decision decision, ServerWebExchange exchange) {
		Map<String, String> own = new LinkedHashMap<>();
		headers.write(decision, own::put);
		if (!own.isEmpty() && exchange.getAttributes().put(OWN, own) == null) {
			ServerHttpResponse response = exchange.getResponse();
			response.beforeCommit(() -> {
				new ReactiveResponseHeaders(response).commit(exchange.getRequiredAttribute(OWN), decision);
				return Mono.empty();
			});
		}
	}

	private void commit(Map<String, String> own, Decision decision) {
		List<String> foreign = new ArrayList<>();
		for (String name : this.headers.asSingleValueMap().keySet()) {
			RateLimitHeaderKind kind = RateLimitHeaderKind.of(name);
			if (kind != null && own.keySet().stream().anyMatch((each) -> RateLimitHeaderKind.of(each) == kind)) {
				foreign.add(name);
			}
		}
		foreign.forEach((name) -> this.headers.put(name, List.of()));
		write((decided, headers) -> own.forEach(headers), decision);
	}

	/**
	 * Return the values of all lines of a header. {@code HttpHeaders.get} has other
	 * parameters in Spring 6 and 7.
	 */
	static List<String> lines(HttpHeaders headers, String name) {
		if (headers.getFirst(name) == null) {
			return List.of();
		}
		List<String> lines = new ArrayList<>(1);
		headers.forEach((each, values) -> {
			if (each.equalsIgnoreCase(name)) {
				lines.addAll(values);
			}
		});
		return lines;
	}

	@Override
	protected boolean contains(String name) {
		return this.headers.getFirst(name) != null;
	}

	@Override
	protected void set(String name, String value) {
		this.headers.set(name, value);
	}

	@Override
	protected void add(String name, String value) {
		if (!lines(this.headers, name).contains(value)) {
			this.headers.add(name, value);
		}
	}

}
