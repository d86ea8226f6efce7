package dev.throttle.reactive;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.RateRules;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.ByteScopes.Counted;
import dev.throttle.web.CostUnit;
import dev.throttle.web.ProxyDetector;
import dev.throttle.web.RequestEnd;
import dev.throttle.web.Settlements;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.support.StaticApplicationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExchangeDecisions}.
 */
class ExchangeDecisionsTests {

	private static final Scope DOWNLOADS = Scope.of("downloads");

	private final WaitingBackend backend = new WaitingBackend();

	private final ClientAddressResolver addresses = ClientAddressResolver.builder().build();

	@Test
	void decisionThatComesAfterTheClientHasGoneIsSettledByTheBytesThatHavePassed() throws Exception {
		ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, new RateRegistry(
				Rates.none(RateRules.countingBytes(Map.of(DOWNLOADS, 100L))).with(DOWNLOADS, Rate.parseAll("1KB/day"))),
				SecretIdents.withRandomKey());
		ExchangeDecisions decisions = new ExchangeDecisions(new StaticApplicationContext(), engine,
				new Settlements(engine, Map.of(),
						new ByteScopes(Map.of(DOWNLOADS, new Counted(CostUnit.RESPONSE_BYTES, 100)))),
				this.addresses, new ProxyDetector(this.addresses));
		new ByteCountingDecorator().apply((request, response) -> {
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"))
				.mutate()
				.response(response)
				.build();
			CountedExchange counted = CountedExchange.of(exchange);
			decisions
				.decide(exchange, counted, null,
						new AppliedThrottles(List.of(new Step("downloading",
								(asked) -> Verdict.count("downloads", Client.user("ada"), 100), this.backend))),
						DeclaredScopes.NONE, (decision) -> Mono.empty(), Mono::error)
				.subscribe();
			this.backend.asked.orTimeout(10, TimeUnit.SECONDS).join();
			decisions.settle(counted, RequestEnd.CLIENT_GONE);
			counted.end();
			return Mono.empty();
		}).handle(MockServerHttpRequest.get("/").build(), new MockServerHttpResponse()).block();
		this.backend.answer.complete(List.of(new Outcome(true, 924, 0, 0, null, DecidedBy.BACKEND, 1)));
		assertThat(this.backend.settled.get(10, TimeUnit.SECONDS)).extracting(Settlement::cost).containsExactly(0L);
	}

	/**
	 * Answers when it is told to.
	 */
	private static final class WaitingBackend implements CacheBackend {

		private final CompletableFuture<List<QuotaGroup>> asked = new CompletableFuture<>();

		private final CompletableFuture<List<Outcome>> answer = new CompletableFuture<>();

		private final CompletableFuture<List<Settlement>> settled = new CompletableFuture<>();

		@Override
		public CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
			this.asked.complete(groups);
			return this.answer;
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			this.settled.complete(settlements);
			return List.of(Settlement.Result.SETTLED);
		}

		@Override
		public void reset(Client client, Scope scope) {
		}

	}

}
