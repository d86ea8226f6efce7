package dev.throttle.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.Settlement;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.CountedStatuses;
import dev.throttle.web.RecordingBackend;
import dev.throttle.web.Settlements;
import jakarta.servlet.AsyncEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CountedRequest}.
 */
class CountedRequestTests {

	private static final IOException CLIENT_GONE = new IOException("Broken pipe");

	private final RecordingBackend backend = new RecordingBackend();

	private final List<String> settled = new ArrayList<>();

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING,
			new RateRegistry(Rates.of(Map.of("logins", "5/min"))), SecretIdents.withRandomKey(),
			List.of(new DecisionListener() {

				@Override
				public void settled(QuotaResult quota, long settled, Settlement.Result result) {
					CountedRequestTests.this.settled.add(quota.policy().name() + " " + settled);
				}

			}));

	private final Settlements settlements = new Settlements(this.engine,
			Map.of(Scope.of("logins"), CountedStatuses.of(List.of("401"))), ByteScopes.NONE);

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private int releases;

	@Test
	void filterIsTheEnd() {
		CountedRequest counted = inFilter();
		CountedRequest.atHandler(this.request, this.response, this.settlements).enter();
		counted.leave(null);
		assertThat(this.releases).isZero();
		counted.finish(null);
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void outermostHandlerIsTheEndIfThereIsNoFilter() {
		CountedRequest counted = atHandler();
		counted.enter();
		counted.leave(null);
		assertThat(this.releases).isZero();
		counted.leave(null);
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void requestEndsOnce() {
		CountedRequest counted = inFilter();
		counted.finish(null);
		counted.finish(null);
		counted.onComplete(event(null));
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.backend.calls()).isEqualTo(1);
	}

	@Test
	void answerThatCountsIsNotSettled() {
		this.response.setStatus(401);
		inFilter().finish(null);
		assertThat(this.backend.calls()).isZero();
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void unhandledExceptionIsAnAnswerWithStatus500() {
		this.response.setStatus(401);
		inFilter().finish(new IllegalStateException());
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void exceptionAfterTheAnswerWasSentDoesNotChangeItsStatus() {
		this.response.setStatus(401);
		this.response.setCommitted(true);
		inFilter().finish(new IllegalStateException());
		assertThat(this.settled).isEmpty();
	}

	@Test
	void statusThatIsReplacedAfterTheAnswerWasSentIsNotThatOfTheAnswer() {
		startAsync();
		CountedRequest counted = inFilter();
		this.response.setStatus(401);
		this.response.setCommitted(true);
		counted.leave(null);
		this.response.setCommitted(false);
		this.response.setStatus(500);
		counted.onError(event(new IllegalStateException()));
		assertThat(this.settled).isEmpty();
	}

	@Test
	void requestWhoseClientIsGoneStaysAsItWasAdmitted() {
		inFilter().finish(CLIENT_GONE);
		assertThat(this.settled).isEmpty();
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void exceptionThatSpringMvcHasHandledTellsThatTheClientIsGone() {
		this.request.setAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE, CLIENT_GONE);
		inFilter().finish(null);
		assertThat(this.settled).isEmpty();
	}

	@Test
	void exceptionThatWasAnsweredDoesNotTellThatTheClientIsGone() {
		this.request.setAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE, CLIENT_GONE);
		this.response.setStatus(502);
		inFilter().finish(null);
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void completionIsTheEndOfAnAsynchronousRequest() {
		MockAsyncContext context = startAsync();
		inFilter().finish(null);
		assertThat(this.releases).isZero();
		this.response.setStatus(200);
		context.complete();
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void errorIsTheEndOfAnAsynchronousRequest() {
		CountedRequest counted = inFilter();
		counted.onError(event(new IllegalStateException()));
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.settled).containsExactly("logins 0");
	}

	@Test
	void errorOfAConnectionIsAClientThatIsGone() {
		CountedRequest counted = inFilter();
		counted.onError(event(null));
		assertThat(this.releases).isEqualTo(1);
		assertThat(this.settled).isEmpty();
	}

	@Test
	void timeoutIsNotTheEnd() {
		inFilter().onTimeout(event(null));
		assertThat(this.releases).isZero();
	}

	@Test
	void asynchronousRequestThatStartsAgainIsFollowed() {
		MockAsyncContext context = startAsync();
		CountedRequest counted = inFilter();
		counted.onStartAsync(new AsyncEvent(context));
		assertThat(context.getListeners()).containsExactly(counted);
		assertThat(this.releases).isZero();
	}

	@Test
	void errorDispatchIsCountedByItself() {
		inFilter().finish(null);
		CountedRequest counted = atHandler();
		counted.leave(null);
		assertThat(this.releases).isEqualTo(2);
	}

	@Test
	void requestThatWasNotDecidedHasNothingToRelease() {
		CountedRequest counted = CountedRequest.inFilter(this.request, this.response, this.settlements);
		counted.finish(null);
		assertThat(this.releases).isZero();
		assertThat(this.backend.calls()).isZero();
	}

	private CountedRequest inFilter() {
		CountedRequest counted = CountedRequest.inFilter(this.request, this.response, this.settlements);
		counted.decided(decision());
		return counted;
	}

	private CountedRequest atHandler() {
		CountedRequest counted = CountedRequest.atHandler(this.request, this.response, this.settlements);
		counted.decided(decision());
		counted.enter();
		return counted;
	}

	private Decision decision() {
		return this.engine.decide(new MockThrottleRequest(),
				new AppliedThrottles(List.of(
						new Step("logins", (request) -> Verdict.count("logins", Client.user("ada")), this.backend),
						new Step("place", (request) -> Verdict.allow(() -> this.releases++), this.backend))));
	}

	private MockAsyncContext startAsync() {
		this.request.setAsyncSupported(true);
		return (MockAsyncContext) this.request.startAsync();
	}

	private AsyncEvent event(@Nullable Throwable failure) {
		return new AsyncEvent(new MockAsyncContext(this.request, this.response), failure);
	}

}
