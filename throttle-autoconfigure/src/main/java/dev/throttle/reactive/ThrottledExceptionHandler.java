package dev.throttle.reactive;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.Decision;
import dev.throttle.web.Problem;
import dev.throttle.web.RateLimitHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Answers a {@link ThrottledException} and a {@link BackendUnavailableException} that no
 * exception handler of the application has answered. It runs before Spring Boot's error
 * handler.
 *
 * @since 1.0.0
 */
public final class ThrottledExceptionHandler implements WebExceptionHandler, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(ThrottledExceptionHandler.class);

	/** The error handler of Spring Boot, which has the application's error pages. */
	private static final String SPRING_BOOT = "org.springframework.boot.";

	private static final int BEFORE_ERROR_HANDLER_OF_SPRING_BOOT = -2;

	private final ApplicationContext context;

	private final RateLimitHeaders headers;

	private final Supplier<List<WebExceptionHandler>> pages;

	/**
	 * Create an exception handler.
	 * @param context the application; it translates the {@linkplain Problem#of problem}
	 * and has the error pages
	 * @param headers writes the rate limit headers
	 */
	public ThrottledExceptionHandler(ApplicationContext context, RateLimitHeaders headers) {
		this.context = context;
		this.headers = headers;
		this.pages = SingletonSupplier.of(() -> context.getBeanProvider(WebExceptionHandler.class)
			.orderedStream()
			.filter((handler) -> handler.getClass().getName().startsWith(SPRING_BOOT))
			.toList());
	}

	@Override
	public int getOrder() {
		return BEFORE_ERROR_HANDLER_OF_SPRING_BOOT;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		if (exchange.getResponse().isCommitted() || !(failure instanceof Exception denial)
				|| !prepare(denial, exchange)) {
			return Mono.error(failure);
		}
		Locale locale = Objects.requireNonNullElseGet(exchange.getLocaleContext().getLocale(), Locale::getDefault);
		Problem problem = Problem.of(denial, this.context, locale);
		return Problem
			.isPagePreferred(ReactiveResponseHeaders.lines(exchange.getRequest().getHeaders(), HttpHeaders.ACCEPT))
					? render(exchange, problem) : write(exchange.getResponse(), MediaType.APPLICATION_PROBLEM_JSON,
							problem.toJson(exchange.getRequest().getPath().value()));
	}

	/**
	 * Answer with the error page of the application, or else with a plain one. The error
	 * handler of Spring Boot renders a page only where {@code text/html} is accepted by
	 * name.
	 */
	private Mono<Void> render(ServerWebExchange exchange, Problem problem) {
		ServerWebExchange browser = exchange.mutate()
			.request((request) -> request.headers((headers) -> headers.setAccept(List.of(MediaType.TEXT_HTML))))
			.build();
		ResponseStatusException error = new ResponseStatusException(HttpStatusCode.valueOf(problem.status()),
				problem.detail());
		Mono<Void> page = Mono.error(error);
		for (WebExceptionHandler handler : this.pages.get()) {
			page = page.onErrorResume((failure) -> handler.handle(browser, error));
		}
		return page.onErrorResume((failure) -> {
			logger.debug("Could not render the application's error page", failure);
			return exchange.getResponse().isCommitted() ? Mono.empty()
					: write(exchange.getResponse(), MediaType.TEXT_HTML, problem.toHtml());
		});
	}

	/**
	 * Set the status and the headers of a denial. An exception handler can change them.
	 * The rate limit headers are those of the decision that denies, which may be about a
	 * method that the handler calls.
	 * @return whether the exception is a denial
	 */
	boolean prepare(Exception exception, ServerWebExchange exchange) {
		Decision decision = Decision.of(exception);
		if (decision != null) {
			ReactiveResponseHeaders.write(this.headers, decision, exchange);
		}
		ServerHttpResponse response = exchange.getResponse();
		new ReactiveResponseHeaders(response).write(exception);
		Problem.status(exception).ifPresent((status) -> response.setStatusCode(HttpStatusCode.valueOf(status)));
		return Problem.status(exception).isPresent();
	}

	private static Mono<Void> write(ServerHttpResponse response, MediaType type, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		response.getHeaders().setContentType(type);
		response.getHeaders().setContentLength(bytes.length);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
	}

}
