package dev.throttle.servlet;

import java.util.concurrent.TimeoutException;

import dev.throttle.Verdict;
import dev.throttle.engine.Decision;
import jakarta.servlet.AsyncEvent;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReleaseOnCompletion}.
 */
class ReleaseOnCompletionTests {

	private int releases;

	private final Decision decision = Decisions.of((request) -> Verdict.allow(() -> this.releases++));

	private final ReleaseOnCompletion listener = new ReleaseOnCompletion(this.decision);

	private final MockAsyncContext context = new MockAsyncContext(new MockHttpServletRequest(), null);

	@Test
	void releasesOnCompletion() {
		this.listener.onComplete(new AsyncEvent(this.context));
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releasesOnce() {
		this.listener.onComplete(new AsyncEvent(this.context));
		this.listener.onComplete(new AsyncEvent(this.context));
		this.decision.release();
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void timeoutAndErrorAreNotTheEnd() {
		this.listener.onTimeout(new AsyncEvent(this.context));
		this.listener.onError(new AsyncEvent(this.context, new TimeoutException()));
		assertThat(this.releases).isZero();
	}

	@Test
	void asynchronousRequestThatStartsAgainIsFollowed() {
		this.listener.onStartAsync(new AsyncEvent(this.context));
		assertThat(this.context.getListeners()).containsExactly(this.listener);
		assertThat(this.releases).isZero();
	}

}
