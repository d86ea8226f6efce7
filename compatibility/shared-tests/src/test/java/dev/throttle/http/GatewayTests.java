package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Spring Cloud Gateway in front of a server.
 */
class GatewayTests {

	private static final String[] RATES = { "throttle.rates.user=5/min", "throttle.rates.uploads=2/min",
			"throttle.rates.large=1/min" };

	private static final String[] SETTINGS = { "throttle.rates.failures=1/min",
			"throttle.scopes.failures.count-status=5xx", "throttle.rates.bytes=60/min",
			"throttle.scopes.bytes.cost=response-bytes", "throttle.scopes.bytes.reserve=10", "throttle.headers=both",
			"throttle.exclude-paths=/excluded/**", "throttle.usage.path=/rate-limit",
			"management.endpoints.web.exposure.include=throttles" };

	private static Backend backend;

	private static RunningApplication gateway;

	@BeforeAll
	static void start() {
		backend = new Backend();
		List<String> named = new ArrayList<>(route("named"));
		named.addAll(List.of("predicates[0]=Path=/named,/excluded/named", "filters[0].name=Throttle",
				"filters[0].args.scope=uploads"));
		gateway = start(RATES, SETTINGS,
				routes(route("plain"), route("uploads", "Throttle=uploads"), route("more", "Throttle=uploads"),
						route("large", "AddRequestHeader=X-Large, yes", "Throttle=large", "Throttle=uploads"),
						route("failures", "Throttle=failures"), route("bytes", "Throttle=bytes"), named,
						List.of("id=forwarded", "uri=forward:/plain", "predicates[0]=Path=/forwarded")));
	}

	@AfterAll
	static void stop() {
		gateway.close();
		backend.close();
	}

	@Test
	void defaultsAreCountedOnceForEachRequest() {
		Caller caller = gateway.caller().asNewcomer();
		HttpResponse<String> first = caller.get("/plain");
		assertThat(first.body()).isEqualTo("passed");
		assertThat(first.headers().allValues("RateLimit")).containsExactly("\"user\";r=4;t=60");
		assertThat(statuses(caller, "/plain", 5)).containsExactly(200, 200, 200, 200, 429);
	}

	@Test
	void scopeOfARouteIsDecidedTogetherWithTheDefaults() {
		Caller caller = gateway.caller().asNewcomer();
		assertThat(caller.get("/uploads").headers().allValues("RateLimit"))
			.containsExactly("\"user\";r=4;t=60, \"uploads\";r=1;t=60");
		assertThat(statuses(caller, "/uploads", 2)).containsExactly(200, 429);
		assertThat(caller.remaining("/plain")).as("denied requests are recorded nowhere").isEqualTo(2);
	}

	@Test
	void denialIsAnsweredAsEverywhereAndDoesNotReachTheBackend() {
		Caller caller = gateway.caller().asNewcomer();
		caller.get("/large");
		int received = backend.received.get();
		HttpResponse<String> denied = caller.get("/large");
		DenialAssertions.assertProblem(denied, 429, "60");
		assertThat(denied.body()).contains("\"violated-policies\":[\"large\"]");
		assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
		assertThat(backend.received).hasValue(received);
	}

	@Test
	void routesWithOneScopeShareItsCount() {
		Caller caller = gateway.caller().asNewcomer();
		assertThat(statuses(caller, "/uploads", 1)).containsExactly(200);
		assertThat(statuses(caller, "/large", 1)).containsExactly(200);
		assertThat(statuses(caller, "/more", 1)).containsExactly(429);
	}

	@Test
	void headersOfTheBackendDoNotMixWithThose() {
		HttpHeaders headers = gateway.caller().asNewcomer().get("/uploads").headers();
		assertThat(headers.allValues("X-RateLimit-Limit")).containsExactly("2");
		assertThat(headers.allValues("X-RateLimit-Used")).isEmpty();
		assertThat(headers.allValues("X-Backend")).containsExactly("passed on");
	}

	@Test
	void answersOfTheBackendAreCountedByTheirStatus() {
		Caller caller = gateway.caller().asNewcomer();
		for (int i = 0; i < 2; i++) {
			assertThat(caller.get("/failures").statusCode()).isEqualTo(200);
			awaitUse(caller, "failures", 0);
		}
		assertThat(statuses(caller.with("X-Fail", "yes"), "/failures", 2)).containsExactly(500, 429);
	}

	@Test
	void bytesOfTheBackendAreCounted() {
		Caller caller = gateway.caller().asNewcomer();
		assertThat(caller.get("/bytes").headers().allValues("RateLimit").get(0)).contains("\"bytes\";r=50;");
		awaitUse(caller, "bytes", "passed".length());
	}

	@Test
	void filterCanNameItsArgument() {
		assertThat(statuses(gateway.caller().asNewcomer(), "/named", 3)).containsExactly(200, 200, 429);
	}

	@Test
	void forwardedRequestIsCountedOnce() {
		Caller caller = gateway.caller().asNewcomer();
		assertThat(caller.get("/forwarded").body()).isEqualTo("passed");
		assertThat(caller.remaining("/plain")).isEqualTo(3);
	}

	@Test
	void excludedPathIsNotThrottled() {
		assertThat(statuses(gateway.caller().asNewcomer(), "/excluded/named", 6)).containsOnly(200);
	}

	@Test
	void endpointListsTheScopesOfRoutes() {
		assertThat(gateway.caller().get("/actuator/throttles").body())
			.contains("The filter 'Throttle=uploads' of the gateway's route 'more'");
	}

	@Test
	void unknownScopeStopsTheStart() {
		assertRefused("The filter 'Throttle=uplods' of the gateway's route 'uploads' declares the scope 'uplods', "
				+ "but there is no rate for it (did you mean 'uploads'?).", routes(route("uploads", "Throttle=uplods")),
				RATES);
	}

	@Test
	void scopeThatIsNotValidStopsTheStart() {
		assertRefused(
				"The filter 'Throttle=up loads' of the gateway's route 'uploads' declares 'up loads', which is not a valid scope.",
				routes(route("uploads", "Throttle=up loads")), RATES);
	}

	@Test
	void scopeOfADefaultThrottleStopsTheStart() {
		assertRefused(
				"The filter 'Throttle=user' of the gateway's route 'users' declares the scope of the throttle 'userRateThrottle'",
				routes(route("users", "Throttle=user")), RATES);
	}

	@Test
	void filterCountsNothingWhereThrottlingIsOff() {
		try (RunningApplication off = start(routes(route("uploads", "Throttle=uploads")),
				new String[] { "throttle.enabled=false" })) {
			assertThat(statuses(off.caller(), "/uploads", 3)).containsOnly(200);
		}
	}

	private static RunningApplication start(String[]... properties) {
		return RunningApplication.start(Application.class,
				Stream.concat(Stream.of("spring.profiles.active=gateway"), Stream.of(properties).flatMap(Stream::of))
					.toArray(String[]::new));
	}

	private static void assertRefused(String message, String[]... properties) {
		assertThatThrownBy(() -> start(properties).close()).extracting(NestedExceptionUtils::getMostSpecificCause)
			.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.hasMessageContaining(message);
	}

	/**
	 * Return the properties of a route to the path of its name.
	 */
	private static List<String> route(String name, String... filters) {
		List<String> route = new ArrayList<>(
				List.of("id=" + name, "uri=" + backend.address(), "predicates[0]=Path=/" + name));
		for (int i = 0; i < filters.length; i++) {
			route.add("filters[" + i + "]=" + filters[i]);
		}
		return route;
	}

	@SafeVarargs
	private static String[] routes(List<String>... routes) {
		return IntStream.range(0, routes.length)
			.boxed()
			.flatMap((i) -> routes[i].stream().map((property) -> WebStack.GATEWAY + ".routes[" + i + "]." + property))
			.toArray(String[]::new);
	}

	/**
	 * Wait until a request is settled, which its answer does not wait for.
	 */
	private static void awaitUse(Caller caller, String scope, int used) {
		await().untilAsserted(() -> assertThat(caller.get("/rate-limit").body())
			.containsPattern("\"scope\":\"" + scope + "\"[^}]*\"used\":" + used + ","));
	}

	private static List<Integer> statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> caller.get(path).statusCode()).toList();
	}

	/**
	 * A server that has limits of its own.
	 */
	private static final class Backend implements AutoCloseable {

		private final AtomicInteger received = new AtomicInteger();

		private final HttpServer server;

		Backend() {
			try {
				this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.server.createContext("/", this::answer);
			this.server.start();
		}

		private void answer(HttpExchange exchange) throws IOException {
			this.received.incrementAndGet();
			exchange.getResponseHeaders().set("X-RateLimit-Limit", "77");
			exchange.getResponseHeaders().set("X-RateLimit-Used", "1");
			exchange.getResponseHeaders().set("X-Backend", "passed on");
			byte[] answer = "passed".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(exchange.getRequestHeaders().containsKey("X-Fail") ? 500 : 200, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		}

		String address() {
			return "http://127.0.0.1:" + this.server.getAddress().getPort();
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UserFilter.class)
	static class Application {

	}

}
