package dev.throttle.reactive;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.throttle.InvalidVerdictException;
import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.web.MistakeLog;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Answers a request whose decision is a denial or has failed, and a denial that a handler
 * signals: by the exception handlers of the application, or else as Throttle does.
 */
final class RequestFailures {

	private final MistakeLog mistakes = new MistakeLog();

	private final Map<ApplicationContext, SpecificExceptionHandlers> specific = new ConcurrentHashMap<>(1);

	private final ApplicationContext context;

	private final HandlerAdapters adapters;

	private final ThrottledExceptionHandler answers;

	private final boolean areGeneralHandlersAsked;

	private final Supplier<List<WebExceptionHandler>> errorHandlers;

	RequestFailures(ApplicationContext context, HandlerAdapters adapters, ThrottledExceptionHandler answers,
			boolean areGeneralHandlersAsked) {
		this.context = context;
		this.adapters = adapters;
		this.answers = answers;
		this.areGeneralHandlersAsked = areGeneralHandlersAsked;
		this.errorHandlers = SingletonSupplier
			.of(() -> context.getBeanProvider(WebExceptionHandler.class).orderedStream().toList());
	}

	/**
	 * Answer a request whose decision has failed or is a denial.
	 * @param handler the handler that is not called
	 */
	Mono<HandlerResult> answer(ServerWebExchange exchange, Object handler, Throwable failure) {
		if (failure instanceof InvalidVerdictException || failure instanceof InvalidThrottleConfigurationException) {
			this.mistakes.log((RuntimeException) failure);
			return answerMistake(exchange);
		}
		return (failure instanceof Exception denial && this.answers.prepare(denial, exchange))
				? answerDenial(exchange, handler, denial)
				: this.adapters.handle(exchange, generalHandler(handler, failure));
	}

	/**
	 * Answer the denials that a handler signals in its result, before Spring looks for
	 * any exception handler. Where general ones are asked, they answer.
	 */
	void answerDenialsOf(Object handler, HandlerResult result) {
		DispatchExceptionHandler others = result.getExceptionHandler();
		result.setExceptionHandler((exchange, failure) -> {
			if (isDenial(failure) && !exchange.getResponse().isCommitted()) {
				if (!this.areGeneralHandlersAsked) {
					return answer(exchange, handler, failure);
				}
				this.answers.prepare((Exception) failure, exchange);
			}
			return (others != null) ? others.handleError(exchange, failure) : Mono.error(failure);
		});
	}

	static boolean isDenial(Throwable failure) {
		return failure instanceof ThrottledException || failure instanceof BackendUnavailableException;
	}

	/**
	 * Answer 500 as the application answers errors, but not by its exception handlers:
	 * one for every exception could take the mistake for an allowed request.
	 */
	private Mono<HandlerResult> answerMistake(ServerWebExchange exchange) {
		ResponseStatusException error = new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR);
		// Logged by Spring Boot for each request.
		error.setStackTrace(new StackTraceElement[0]);
		Mono<Void> answer = Mono.error(error);
		for (WebExceptionHandler handler : this.errorHandlers.get()) {
			answer = answer.onErrorResume((failure) -> handler.handle(exchange, error));
		}
		return answer.then(Mono.empty());
	}

	/**
	 * Answer a denial.
	 * @param handler the handler that is not called, or that has thrown the denial
	 */
	private Mono<HandlerResult> answerDenial(ServerWebExchange exchange, Object handler, Exception denial) {
		FailingHandler failing = this.areGeneralHandlersAsked ? generalHandler(handler, denial)
				: specific(exchange).find(exchange, handler, denial);
		if (failing == null) {
			return answerOurselves(exchange, denial);
		}
		return this.adapters.handle(failing.narrow(exchange), failing)
			.onErrorResume((failure) -> failure == denial, (failure) -> answerOurselves(exchange, denial));
	}

	private SpecificExceptionHandlers specific(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		return this.specific.computeIfAbsent((context != null) ? context : this.context,
				SpecificExceptionHandlers::new);
	}

	private Mono<HandlerResult> answerOurselves(ServerWebExchange exchange, Exception denial) {
		return this.answers.handle(exchange, denial).then(Mono.empty());
	}

	/**
	 * Return a handler that throws an exception where Spring looks for any exception
	 * handler.
	 */
	private static FailingHandler generalHandler(@Nullable Object handler, Throwable failure) {
		return (handler instanceof HandlerMethod method)
				? FailingHandler.of(method.getBean(), method.getBeanType(), failure, null)
				: FailingHandler.ofNoBean(failure);
	}

}
