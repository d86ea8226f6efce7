package dev.throttle.servlet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.OutgoingCheck;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.PathSelection;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RateLimitHeaders;
import dev.throttle.web.Settlements;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ThrottleInterceptor}.
 */
class ThrottleInterceptorTests {

	private final Map<String, BaseThrottle> throttles = new LinkedHashMap<>(
			Map.of("user", new UserRateThrottle("user", "2/h")));

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().build();

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/hello");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private List<String> included = List.of();

	private List<String> excluded = List.of();

	private RateLimitHeaders headers = (decision, headers) -> decision.results()
		.forEach((result) -> headers.accept("Remaining", Long.toString(result.outcome().remaining())));

	private int releases;

	@Test
	void requestIsCounted() {
		assertThat(preHandle(handler("hello"))).isTrue();
		assertThat(this.response.getHeader("Remaining")).isEqualTo("1");
	}

	@Test
	void requestIsCountedOnceHoweverOftenItIsDispatched() {
		ThrottleInterceptor interceptor = interceptor();
		for (DispatcherType type : DispatcherType.values()) {
			this.request.setDispatcherType(type);
			assertThat(interceptor.preHandle(this.request, this.response, handler("hello"))).isTrue();
		}
		assertThat(this.response.getHeader("Remaining")).isEqualTo("1");
	}

	@Test
	void forwardFromUnthrottledToThrottledHandlerCounts() {
		ThrottleInterceptor interceptor = interceptor();
		interceptor.preHandle(this.request, this.response, handler("free"));
		assertThat(this.response.containsHeader("Remaining")).isFalse();
		interceptor.preHandle(this.request, this.response, handler("hello"));
		assertThat(this.response.getHeader("Remaining")).isEqualTo("1");
	}

	@Test
	void deniedRequestIsStopped() {
		preHandle(handler("hello"));
		preHandle(handler("hello"), new MockHttpServletRequest());
		assertThatExceptionOfType(ThrottledException.class)
			.isThrownBy(() -> preHandle(handler("hello"), new MockHttpServletRequest()))
			.satisfies((ex) -> assertThat(ex.getViolatedPolicies()).containsExactly("user"))
			.satisfies((ex) -> assertThat(ex.getRetryAfterSeconds()).hasValue(3600));
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("3600");
		assertThat(this.response.getHeader("Remaining")).isEqualTo("0");
	}

	@Test
	void deniedRequestIsNotCountedAgainOnItsErrorDispatch() {
		this.throttles.put("deny", (request) -> Verdict.deny(Duration.ofSeconds(3)));
		ThrottleInterceptor interceptor = interceptor();
		assertThatExceptionOfType(ThrottledException.class)
			.isThrownBy(() -> interceptor.preHandle(this.request, this.response, handler("hello")));
		this.request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, 429);
		assertThat(interceptor.preHandle(this.request, this.response, handler("hello"))).isTrue();
	}

	@Test
	void preflightIsNeverCounted() {
		this.request.setMethod("OPTIONS");
		this.request.addHeader("Origin", "https://example.org");
		this.request.addHeader("Access-Control-Request-Method", "POST");
		assertThat(preHandle(handler("hello"))).isTrue();
		assertThat(this.response.containsHeader("Remaining")).isFalse();
	}

	@Test
	void optionsThatAreNoPreflightAreCounted() {
		this.request.setMethod("OPTIONS");
		this.request.addHeader("Origin", "https://example.org");
		preHandle(handler("hello"));
		assertThat(this.response.containsHeader("Remaining")).isTrue();
	}

	@Test
	void unthrottledHandlerIsLeftAlone() {
		preHandle(handler("free"));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void handlersOfTheFrameworkAreLeftAlone() throws Exception {
		preHandle(new ResourceHttpRequestHandler());
		preHandle(new HandlerMethod(new ErrorPages(), ErrorPages.class.getDeclaredMethod("error")));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void includedPathIsCountedWhateverHandlesIt() {
		this.included = List.of("/hello/**");
		preHandle(new ResourceHttpRequestHandler());
		assertThat(this.response.getHeader("Remaining")).isEqualTo("1");
	}

	@Test
	void unthrottledHandlerOfIncludedPathIsLeftAlone() {
		this.included = List.of("/**");
		preHandle(handler("free"));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void excludedPathIsLeftAloneAlsoWhereItIsIncluded() {
		this.included = List.of("/**");
		this.excluded = List.of("/hello");
		preHandle(handler("hello"));
		preHandle(new ResourceHttpRequestHandler());
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/hello, true", "hello, true", "/h{rest}, true", "/hello/**, true", "/hello/, false",
			"/app/hello, false", "/HELLO, false" })
	void excludedPathIsMatchedWithinTheApplication(String pattern, boolean excluded) {
		this.excluded = List.of(pattern);
		this.request.setContextPath("/app");
		this.request.setRequestURI("/app/hello");
		preHandle(handler("hello"));
		assertThat(this.response.containsHeader("Remaining")).isEqualTo(!excluded);
	}

	@Test
	void excludedPathIsMatchedAsMappingsMatchIt() {
		this.excluded = List.of("/hello");
		this.request.setRequestURI("/hell%6F;v=1");
		ServletRequestPathUtils.parseAndCache(this.request);
		preHandle(handler("hello"));
		assertThat(this.response.containsHeader("Remaining")).isFalse();
	}

	@Test
	void throttleThatFailsEndsTheRequest() {
		this.throttles.put("broken", (request) -> {
			throw new IllegalStateException("broken");
		});
		assertThatIllegalStateException().isThrownBy(() -> preHandle(handler("hello"))).withMessage("broken");
	}

	@Test
	void releaseIsRunWhenTheRequestIsOver() {
		this.throttles.put("slots", releasing());
		ThrottleInterceptor interceptor = interceptor();
		interceptor.preHandle(this.request, this.response, handler("hello"));
		assertThat(this.releases).isZero();
		interceptor.afterCompletion(this.request, this.response, handler("hello"), null);
		assertThat(this.releases).isEqualTo(1);
		interceptor.afterCompletion(this.request, this.response, handler("hello"), null);
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releaseIsRunWhenAnotherThrottleDenies() {
		this.throttles.put("slots", releasing());
		this.throttles.put("deny", (request) -> Verdict.deny());
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> preHandle(handler("hello")));
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releaseIsRunWhenTheHeadersFail() {
		this.throttles.put("slots", releasing());
		this.headers = (decision, response) -> {
			throw new IllegalStateException("headers");
		};
		assertThatIllegalStateException().isThrownBy(() -> preHandle(handler("hello")));
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releaseOfAsynchronousRequestIsRunWhenItIsComplete() {
		this.throttles.put("slots", releasing());
		this.request.setAsyncSupported(true);
		ThrottleInterceptor interceptor = interceptor();
		interceptor.preHandle(this.request, this.response, handler("hello"));
		MockAsyncContext async = (MockAsyncContext) this.request.startAsync();
		interceptor.afterConcurrentHandlingStarted(this.request, this.response, handler("hello"));
		assertThat(this.releases).isZero();
		async.complete();
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releaseOfAsynchronousRequestIsRunAfterItsSecondDispatch() {
		this.throttles.put("slots", releasing());
		this.request.setAsyncSupported(true);
		ThrottleInterceptor interceptor = interceptor();
		interceptor.preHandle(this.request, this.response, handler("hello"));
		this.request.startAsync();
		interceptor.afterConcurrentHandlingStarted(this.request, this.response, handler("hello"));
		this.request.setAsyncStarted(false);
		this.request.setDispatcherType(DispatcherType.ASYNC);
		interceptor.preHandle(this.request, this.response, handler("hello"));
		assertThat(this.releases).isZero();
		interceptor.afterCompletion(this.request, this.response, handler("hello"), null);
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void asynchronousRequestThatWasNotThrottledHasNothingToRelease() {
		ThrottleInterceptor interceptor = interceptor();
		interceptor.preHandle(this.request, this.response, handler("free"));
		interceptor.afterConcurrentHandlingStarted(this.request, this.response, handler("free"));
		interceptor.afterCompletion(this.request, this.response, handler("free"), null);
		assertThat(this.releases).isZero();
	}

	private BaseThrottle releasing() {
		return (request) -> Verdict.allow(() -> this.releases++);
	}

	private boolean preHandle(Object handler) {
		return preHandle(handler, this.request);
	}

	private boolean preHandle(Object handler, MockHttpServletRequest request) {
		return interceptor().preHandle(request, this.response, handler);
	}

	private ThrottleInterceptor interceptor() {
		RateRegistry rates = new RateRegistry(Rates.none());
		ThrottleRegistry registry = new ThrottleRegistry(this.throttles, Map.of("cacheBackend", this.backend), null,
				null);
		ClientAddressResolver addresses = ClientAddressResolver.builder().build();
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, rates, SecretIdents.withRandomKey());
		RequestDecisions decisions = new RequestDecisions(engine, new Settlements(engine, Map.of(), ByteScopes.NONE),
				addresses, new ProxyDetector(addresses));
		return new ThrottleInterceptor(decisions,
				new ThrottledHandlers(registry, rates, new OutgoingCheck(Map.of()), (text) -> text),
				new PathSelection(this.included, this.excluded), this.headers);
	}

	private static HandlerMethod handler(String name) {
		try {
			return new HandlerMethod(new Handlers(), name);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	static class Handlers {

		public void hello() {
		}

		@Unthrottled
		public void free() {
		}

		@Throttle(rate = "1/s")
		public void limited() {
		}

	}

	static class ErrorPages implements org.springframework.boot.web.servlet.error.ErrorController {

		void error() {
		}

	}

}
