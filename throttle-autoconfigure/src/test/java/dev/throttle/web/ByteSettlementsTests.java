package dev.throttle.web;

import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.RateRules;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Settlements} of scopes that count bytes.
 */
class ByteSettlementsTests {

	private static final Scope DOWNLOADS = Scope.of("downloads");

	private static final Client ADA = Client.user("ada");

	private final Rates rates = Rates.none(RateRules.countingBytes(Map.of(DOWNLOADS, 100L)))
		.with(DOWNLOADS, Rate.parseAll("1KB/day"));

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, new RateRegistry(this.rates),
			SecretIdents.withRandomKey());

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(new ThrottleClock()).build();

	private final ByteCount passed = new ByteCount();

	@ParameterizedTest
	@CsvSource({ "0", "40", "100", "250", "5000" })
	void bytesThatHavePassedCount(long bytes) {
		this.passed.written(bytes);
		settle(Map.of(), new RequestEnd(200), this.passed);
		assertThat(used()).isEqualTo(Math.min(1024, bytes));
	}

	@Test
	void bytesThatHavePassedBeforeTheClientIsGoneCount() {
		this.passed.written(40);
		settle(Map.of(DOWNLOADS, CountedStatuses.of(List.of("4xx"))), RequestEnd.CLIENT_GONE, this.passed);
		assertThat(used()).isEqualTo(40);
	}

	@ParameterizedTest
	@CsvSource({ "200, 250", "500, 0" })
	void answerThatDoesNotCountGivesAllBytesBack(int status, long used) {
		this.passed.written(250);
		settle(Map.of(DOWNLOADS, CountedStatuses.of(List.of("2xx"))), new RequestEnd(status), this.passed);
		assertThat(used()).isEqualTo(used);
	}

	@Test
	void reserveStaysIfNobodyHasCountedTheBytes() {
		settle(Map.of(), new RequestEnd(200), null);
		assertThat(used()).isEqualTo(100);
	}

	private void settle(Map<Scope, CountedStatuses> statuses, RequestEnd end, @Nullable ByteCount passed) {
		Decision decision = this.engine.decide(new MockThrottleRequest(), new AppliedThrottles(
				List.of(new Step("downloading", (request) -> Verdict.count("downloads", ADA, 100), this.backend))));
		new Settlements(this.engine, statuses,
				new ByteScopes(Map.of(DOWNLOADS, new ByteScopes.Counted(CostUnit.RESPONSE_BYTES, 100))))
			.settle(List.of(decision), end, passed, Runnable::run);
	}

	private long used() {
		Quota quota = new Quota(ADA, this.rates.policies(DOWNLOADS), 1);
		return 1024 - this.backend.peek(new QuotaGroup(List.of(quota))).get(0).remaining();
	}

}
