package dev.throttle.web;

import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.web.ByteScopes.Counted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ByteScopes} and {@link ByteCount}.
 */
class ByteScopesTests {

	private static final Scope UPLOADS = Scope.of("uploads");

	private static final Scope DOWNLOADS = Scope.of("downloads");

	private final ByteScopes scopes = new ByteScopes(Map.of(UPLOADS, new Counted(CostUnit.REQUEST_BYTES, 64), DOWNLOADS,
			new Counted(CostUnit.RESPONSE_BYTES, 32)));

	private final MockThrottleRequest request = new MockThrottleRequest().withMethod("POST");

	@Test
	void scopeThatCountsRequestsCostsOne() {
		assertThat(this.scopes.cost(Scope.of("user"), this.request, false)).isOne();
		assertThat(ByteScopes.NONE.cost(UPLOADS, this.request, false)).isOne();
	}

	@Test
	void responseReservesTheReserve() {
		assertThat(this.scopes.cost(Scope.of("DOWN-LOADS"), this.request.withContentLength(5), false)).isEqualTo(32);
	}

	@Test
	void requestReservesItsContentLength() {
		assertThat(this.scopes.cost(UPLOADS, this.request.withContentLength(5_000), false)).isEqualTo(5_000);
	}

	@Test
	void requestWithoutBodyCostsNothing() {
		assertThat(this.scopes.cost(UPLOADS, this.request, false)).isZero();
		assertThat(this.scopes.cost(UPLOADS, this.request.withContentLength(0), true)).isZero();
	}

	@Test
	void bodyOfUnknownLengthReservesTheReserve() {
		assertThat(this.scopes.cost(UPLOADS, this.request.withHeader("Transfer-Encoding", "chunked"), false))
			.isEqualTo(64);
	}

	@ParameterizedTest
	@CsvSource({ "POST, 64", "PUT, 64", "DELETE, 64", "GET, 0", "HEAD, 0" })
	void bodyOverHttp2NeedsNoSign(String method, long cost) {
		assertThat(this.scopes.cost(UPLOADS, this.request.withMethod(method), true)).isEqualTo(cost);
	}

	@Test
	void whatIsReadAndWrittenHasPassed() {
		ByteCount count = new ByteCount();
		assertThat(count.passed(CostUnit.REQUEST_BYTES)).isZero();
		count.read(3);
		count.read(4);
		count.written(5);
		assertThat(count.passed(CostUnit.REQUEST_BYTES)).isEqualTo(7);
		assertThat(count.passed(CostUnit.RESPONSE_BYTES)).isEqualTo(5);
		assertThat(count.passed(CostUnit.REQUESTS)).isNegative();
	}

	@Test
	void whatIsDiscardedHasNotPassed() {
		ByteCount count = new ByteCount();
		count.written(5);
		count.discardWritten();
		count.written(2);
		assertThat(count.passed(CostUnit.RESPONSE_BYTES)).isEqualTo(2);
	}

	@Test
	void whatFollowsTheEndDoesNotCount() {
		ByteCount count = new ByteCount();
		count.written(5);
		count.read(4);
		count.end();
		count.written(2);
		count.read(2);
		assertThat(count.passed(CostUnit.RESPONSE_BYTES)).isEqualTo(5);
		assertThat(count.passed(CostUnit.REQUEST_BYTES)).isEqualTo(4);
	}

	@Test
	void formThatTheServerReadsHasPassed() {
		ByteCount count = new ByteCount();
		count.readByServer(9);
		assertThat(count.passed(CostUnit.REQUEST_BYTES)).isEqualTo(9);
		count.readByServer(-1);
		assertThat(count.passed(CostUnit.REQUEST_BYTES)).as("unknown").isNegative();
	}

}
