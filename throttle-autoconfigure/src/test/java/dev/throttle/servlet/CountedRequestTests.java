package dev.throttle.servlet;

import java.util.concurrent.TimeoutException;

import dev.throttle.Verdict;
import dev.throttle.engine.Decision;
import dev.throttle.web.Decisions;
import jakarta.servlet.AsyncEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CountedRequest}.
 */
class CountedRequestTests {

	private int releases;

	private final Decision decision = Decisions.of((request) -> Verdict.allow(() -> this.releases++));

	private final CountedRequest counted = new CountedRequest();

	private final MockAsyncContext context = new MockAsyncContext(new MockHttpServletRequest(), null);

	@BeforeEach
	void admit() {
		this.counted.admit(this.decision);
	}

	@Test
	void releasesOnCompletion() {
		this.counted.onComplete(new AsyncEvent(this.context));
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void releasesOnce() {
		this.counted.onComplete(new AsyncEvent(this.context));
		this.counted.onComplete(new AsyncEvent(this.context));
		this.decision.release();
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void timeoutIsNotTheEnd() {
		this.counted.onTimeout(new AsyncEvent(this.context));
		assertThat(this.releases).isZero();
	}

	@Test
	void errorIsTheEnd() {
		this.counted.onError(new AsyncEvent(this.context, new TimeoutException()));
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void outermostHandlerIsTheEnd() {
		this.counted.enter();
		this.counted.leave(new MockHttpServletRequest());
		assertThat(this.releases).isZero();
		this.counted.leave(new MockHttpServletRequest());
		assertThat(this.releases).isEqualTo(1);
	}

	@Test
	void deniedRequestHasNothingToRelease() {
		CountedRequest denied = new CountedRequest();
		denied.enter();
		denied.leave(new MockHttpServletRequest());
		denied.onComplete(new AsyncEvent(this.context));
		assertThat(this.releases).isZero();
	}

	@Test
	void asynchronousRequestThatStartsAgainIsFollowed() {
		this.counted.onStartAsync(new AsyncEvent(this.context));
		assertThat(this.context.getListeners()).containsExactly(this.counted);
		assertThat(this.releases).isZero();
	}

}
