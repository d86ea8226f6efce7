package dev.throttle.reactive;

import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.ByteScopes.Counted;
import dev.throttle.web.CostUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReactiveThrottleRequest}.
 */
class ReactiveThrottleRequestTests {

	private static final Scope FILES = Scope.of("files");

	private static final ByteScopes BYTES = new ByteScopes(Map.of(FILES, new Counted(CostUnit.REQUEST_BYTES, 64)));

	@ParameterizedTest
	@CsvSource({ "POST, 64", "GET, 0" })
	void bodyThatMayHaveAnUnknownLengthReservesTheReserveOnAServerOtherThanNetty(String method, long cost) {
		MockServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.method(HttpMethod.valueOf(method), "/"));
		ReactiveThrottleRequest request = new ReactiveThrottleRequest(exchange, null, DeclaredScopes.NONE,
				ClientAddressResolver.builder().build(), BYTES);
		assertThat(request.cost(FILES)).isEqualTo(cost);
		assertThat(request.cost(Scope.of("user"))).isOne();
	}

}
