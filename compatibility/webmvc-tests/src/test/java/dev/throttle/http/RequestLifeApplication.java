package dev.throttle.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.throttle.BaseThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import dev.throttle.Verdict;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Handlers that answer in all the ways that Spring MVC knows.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ UserFilter.class, Places.class, RequestLifeApplication.Plain.class, RequestLifeApplication.Asynchronous.class,
		RequestLifeApplication.Streaming.class, RequestLifeApplication.Failing.class,
		RequestLifeApplication.Dispatching.class, RequestLifeApplication.Observations.class })
class RequestLifeApplication implements WebMvcConfigurer {

	private static final Duration SHORT = Duration.ofMillis(50);

	@Bean
	BaseThrottle closedThrottle() {
		return (request) -> (request.header("X-Closed") != null) ? Verdict.deny(Duration.ofMinutes(1))
				: Verdict.allow();
	}

	@Bean(destroyMethod = "shutdownNow")
	ScheduledExecutorService ticker() {
		return Executors.newScheduledThreadPool(2);
	}

	@Override
	public void addViewControllers(ViewControllerRegistry registry) {
		registry.addViewController("/view-controller").setViewName("forward:/plain");
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new HandlerInterceptor() {

			@Override
			public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
				throw new IllegalStateException("A later interceptor fails");
			}

		}).addPathPatterns("/later-throws");
		registry.addInterceptor(new HandlerInterceptor() {

			@Override
			public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
				response.setStatus(403);
				return false;
			}

		}).addPathPatterns("/later-refuses");
	}

	@RestController
	static class Plain {

		@GetMapping({ "/plain", "/later-throws", "/later-refuses" })
		String plain() {
			return "plain";
		}

		@GetMapping("/once")
		@Throttle(scope = "once", rate = "1/hour")
		String once() {
			return "once";
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		String unthrottled() {
			return "unthrottled";
		}

		@GetMapping("/unreadable")
		String unreadable(@RequestParam int number) {
			return "never " + number;
		}

	}

	@RestController
	static class Asynchronous {

		private final ScheduledExecutorService ticker;

		Asynchronous(ScheduledExecutorService ticker) {
			this.ticker = ticker;
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> "callable";
		}

		@GetMapping("/callable/failing")
		Callable<String> failingCallable() {
			return () -> {
				throw new IllegalStateException("The callable fails");
			};
		}

		@GetMapping("/callable/timeout")
		WebAsyncTask<String> slowCallable() {
			return new WebAsyncTask<>(SHORT.toMillis(), () -> {
				outlastTheTimeout();
				return "too late";
			});
		}

		@GetMapping("/deferred/result")
		DeferredResult<String> deferredResult() {
			DeferredResult<String> result = new DeferredResult<>();
			this.ticker.execute(() -> result.setResult("result"));
			return result;
		}

		@GetMapping("/deferred/error")
		DeferredResult<String> deferredError() {
			DeferredResult<String> result = new DeferredResult<>();
			this.ticker.execute(() -> result.setErrorResult(new IllegalStateException("The result is an error")));
			return result;
		}

		@GetMapping("/deferred/throttled")
		DeferredResult<String> deferredThrottled() {
			DeferredResult<String> result = new DeferredResult<>();
			this.ticker.execute(() -> result.setErrorResult(new ThrottledException(Duration.ofSeconds(3))));
			return result;
		}

		@GetMapping("/deferred/timeout")
		DeferredResult<String> deferredTimeout() {
			return new DeferredResult<>(SHORT.toMillis());
		}

		@GetMapping("/deferred/timeout-result")
		DeferredResult<String> deferredTimeoutResult() {
			return new DeferredResult<>(SHORT.toMillis(), "in place of a result");
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(() -> "future", this.ticker);
		}

		@GetMapping("/future/failing")
		CompletableFuture<String> failingFuture() {
			return CompletableFuture.failedFuture(new IllegalStateException("The future fails"));
		}

		@GetMapping("/async-context/complete")
		void completedContext(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext context = request.startAsync();
			this.ticker.execute(context::complete);
		}

		@GetMapping("/async-context/dispatch")
		void dispatchedContext(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext context = request.startAsync();
			this.ticker.execute(() -> context.dispatch("/plain"));
		}

		@GetMapping("/async-context/timeout")
		void timedOutContext(HttpServletRequest request, HttpServletResponse response) {
			request.startAsync().setTimeout(SHORT.toMillis());
		}

	}

	@RestController
	static class Streaming {

		private final ScheduledExecutorService ticker;

		Streaming(ScheduledExecutorService ticker) {
			this.ticker = ticker;
		}

		@GetMapping("/sse/complete")
		SseEmitter completedEvents() {
			SseEmitter emitter = new SseEmitter();
			this.ticker.execute(() -> {
				tick(emitter);
				emitter.complete();
			});
			return emitter;
		}

		@GetMapping("/sse/error")
		SseEmitter failingEvents() throws IOException {
			SseEmitter emitter = new SseEmitter();
			emitter.send("tick");
			this.ticker.schedule(() -> emitter.completeWithError(new IllegalStateException("The events fail")), 20,
					TimeUnit.MILLISECONDS);
			return emitter;
		}

		@GetMapping("/sse/timeout")
		SseEmitter timedOutEvents() throws IOException {
			SseEmitter emitter = new SseEmitter(SHORT.toMillis());
			emitter.send("tick");
			return emitter;
		}

		@GetMapping("/sse/endless")
		SseEmitter endlessEvents() {
			SseEmitter emitter = new SseEmitter(0L);
			this.ticker.execute(() -> tickOn(emitter));
			return emitter;
		}

		private void tickOn(SseEmitter emitter) {
			if (tick(emitter)) {
				this.ticker.schedule(() -> tickOn(emitter), 5, TimeUnit.MILLISECONDS);
			}
		}

		private static boolean tick(SseEmitter emitter) {
			try {
				emitter.send("tick");
				return true;
			}
			catch (IOException | IllegalStateException ex) {
				return false;
			}
		}

		@GetMapping("/stream")
		StreamingResponseBody stream() {
			return (body) -> body.write("stream".getBytes());
		}

		@GetMapping("/stream/failing")
		StreamingResponseBody failingStream() {
			return (body) -> {
				body.write("stream".getBytes());
				throw new IOException("The stream fails");
			};
		}

		@GetMapping("/stream/endless")
		StreamingResponseBody endlessStream() {
			return (body) -> {
				for (int i = 0; i < 10_000; i++) {
					body.write("tick".repeat(100).getBytes());
					body.flush();
				}
			};
		}

		@GetMapping("/stream/timeout")
		WebAsyncTask<StreamingResponseBody> timedOutStream() {
			return new WebAsyncTask<>(SHORT.toMillis(), () -> {
				outlastTheTimeout();
				return (body) -> body.write("too late".getBytes());
			});
		}

	}

	@RestController
	static class Failing {

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@GetMapping("/failing/error")
		String failingWithError() {
			throw new AssertionError("The handler fails badly");
		}

		@GetMapping("/status-exception")
		String failingWithStatus() {
			throw new ResponseStatusException(HttpStatus.GONE);
		}

		@GetMapping("/throttled")
		String throttled() {
			throw new ThrottledException(Duration.ofSeconds(3));
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

	}

	@Controller
	static class Dispatching {

		private final Places places;

		private final Observations observations;

		Dispatching(Places places, Observations observations) {
			this.places = places;
			this.observations = observations;
		}

		@GetMapping("/view")
		View view() {
			return (model, request, response) -> response.getWriter().write("view");
		}

		@GetMapping("/view/failing")
		View failingView() {
			return (model, request, response) -> {
				throw new IllegalStateException("The view fails");
			};
		}

		@GetMapping("/redirect")
		String redirect() {
			return "redirect:/plain";
		}

		@GetMapping({ "/forward/view" })
		String forwardView() {
			return "forward:/plain";
		}

		@GetMapping("/unthrottled/forward-view")
		@Unthrottled
		String unthrottledForwardView() {
			return "forward:/plain";
		}

		@GetMapping("/forward/dispatcher")
		void forward(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			request.getRequestDispatcher("/plain").forward(request, response);
		}

		@GetMapping("/unthrottled/forward")
		@Unthrottled
		void unthrottledForward(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			request.getRequestDispatcher("/plain").forward(request, response);
		}

		@GetMapping("/forward/async")
		String forwardToAsync() {
			return "forward:/callable";
		}

		@GetMapping("/forward/failing")
		String forwardToFailing() {
			return "forward:/failing";
		}

		@GetMapping("/include")
		void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			request.getRequestDispatcher("/plain").include(request, response);
		}

		@GetMapping("/include/hold")
		@ResponseBody
		void includeAndHold(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			request.getRequestDispatcher("/plain").include(request, response);
			this.observations.observe(request.getUserPrincipal().getName(), this.places);
		}

		@RequestMapping("/forward/hold")
		void forwardAndHold(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			request.getRequestDispatcher("/plain").forward(request, response);
			this.observations.observe(request.getUserPrincipal().getName(), this.places);
		}

	}

	private static void outlastTheTimeout() {
		long start = System.nanoTime();
		while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2)) {
			Thread.interrupted();
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
	}

	/**
	 * Whether a request still had its place when it came back from another handler.
	 */
	static class Observations {

		private final Map<String, Boolean> held = new ConcurrentHashMap<>();

		private void observe(String user, Places places) {
			this.held.put(user, places.taken(user) == 1 && places.givenBack(user) == 0);
		}

		boolean heldAfterDispatch(String user) {
			return this.held.getOrDefault(user, false);
		}

	}

}
