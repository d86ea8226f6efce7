package dev.throttle.openapi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.ThrottledException;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import dev.throttle.web.Problem;
import dev.throttle.web.RateLimitHeaders;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.MessageSource;
import org.springframework.http.HttpHeaders;

/**
 * Documents the answer to denied requests: its headers, which are those that the
 * application writes for an example, and its problem. Both are components of the
 * document.
 *
 * @since 1.0.0
 */
public final class DenialDocumentation {

	private static final Logger logger = LoggerFactory.getLogger(DenialDocumentation.class);

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

	private static final String PROBLEM = "TooManyRequestsProblem";

	private static final Duration WAIT = Duration.ofSeconds(42);

	private static final Policy POLICY = Policy.of("uploads", Rate.parse("20/hour"));

	private static final Map<String, String> DESCRIPTIONS = Map.of(HttpHeaders.RETRY_AFTER,
			"Seconds until the request is allowed, if nothing else uses the limit meanwhile.", "X-RateLimit-Limit",
			"The size of the limit that denies the request.", "X-RateLimit-Remaining", "How much of it is left.",
			"X-RateLimit-Reset", "When the next permit comes back, in seconds since 1970-01-01T00:00:00Z.",
			"RateLimit-Policy",
			"Each limit (q) and its window in seconds (w), as in draft-ietf-httpapi-ratelimit-headers-11.", "RateLimit",
			"What is left of each limit (r), and the seconds until the next permit comes back (t).");

	private final RateLimitHeaders headers;

	private final MessageSource messages;

	private final AtomicBoolean hasWarned = new AtomicBoolean();

	/**
	 * Create an instance.
	 * @param headers writes the rate limit headers
	 * @param messages the source of the texts of problems
	 */
	public DenialDocumentation(RateLimitHeaders headers, MessageSource messages) {
		this.headers = headers;
		this.messages = messages;
	}

	/**
	 * Return the answer to the denied requests of an operation.
	 * @param components where headers and schema are added, unless they are there
	 */
	ApiResponse response(OperationLimits limits, Components components) {
		ApiResponse response = new ApiResponse().description(
				"Too many requests. Wait as many seconds as `Retry-After` says. Without it, do not repeat the request.");
		addHeader(HttpHeaders.RETRY_AFTER, Long.toString(WAIT.toSeconds()), response, components);
		if (!limits.limits().isEmpty()) {
			addRateLimitHeaders(limits.limits().get(0).step(), response, components);
		}
		if (components.getSchemas() == null || !components.getSchemas().containsKey(PROBLEM)) {
			components.addSchemas(PROBLEM, problem());
		}
		return response
			.content(new Content().addMediaType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
					new MediaType().schema(new Schema<>().$ref(PROBLEM))));
	}

	/**
	 * Add the headers for an example. Those of the application may expect a real request.
	 */
	private void addRateLimitHeaders(Step step, ApiResponse response, Components components) {
		try {
			this.headers.write(example(step), (name, value) -> addHeader(name, value, response, components));
		}
		catch (RuntimeException ex) {
			if (this.hasWarned.compareAndSet(false, true)) {
				logger.warn("The OpenAPI document lacks rate limit headers, because writing an example failed ({})",
						ex.toString());
			}
		}
	}

	private static Decision example(Step step) {
		Outcome denied = new Outcome(false, 0, WAIT.toNanos(), WAIT.toNanos(), Instant.parse("2026-01-01T00:00:00Z"));
		return Decision.denied(new QuotaResult(Client.user("ada"), POLICY, 1, denied, step));
	}

	private static void addHeader(String name, String example, ApiResponse response, Components components) {
		if (components.getHeaders() == null || !components.getHeaders().containsKey(name)) {
			boolean isNumber = NUMBER.matcher(example).matches();
			Schema<Object> schema = isNumber ? schema("integer", Long.valueOf(example)) : schema("string", example);
			components.addHeaders(name, new Header().description(DESCRIPTIONS.get(name)).schema(schema));
		}
		response.addHeaderObject(name, new Header().$ref(name));
	}

	private Schema<Object> problem() {
		Problem example = Problem.of(new ThrottledException(WAIT, List.of(POLICY.name())), this.messages,
				Locale.ENGLISH);
		Schema<Object> instance = schema("string", "/uploads");
		instance.setDescription("The path of the request.");
		Schema<Object> violated = schema("array", example.violatedPolicies());
		violated.setItems(schema("string", null));
		violated.setDescription("The limits that deny the request. Not there if what denies it has no rate.");
		Schema<Object> problem = schema("object", null);
		problem.setDescription("Why a request is denied (RFC 9457).");
		problem.addProperty("type", schema("string", example.type()));
		problem.addProperty("title", schema("string", example.title()));
		problem.addProperty("status", schema("integer", example.status()));
		problem.addProperty("detail", schema("string", example.detail()));
		problem.addProperty("instance", instance);
		problem.addProperty("violated-policies", violated);
		problem.setRequired(List.of("type", "title", "status", "detail", "instance"));
		return problem;
	}

	/**
	 * Return a schema for OpenAPI 3.0, which has one type, and for 3.1, which has
	 * several.
	 */
	private static Schema<Object> schema(String type, @Nullable Object example) {
		Schema<Object> schema = new Schema<>();
		schema.setType(type);
		schema.setTypes(Set.of(type));
		if (example != null) {
			schema.setExample(example);
		}
		return schema;
	}

}
