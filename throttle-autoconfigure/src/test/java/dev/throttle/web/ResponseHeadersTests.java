package dev.throttle.web;

import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.engine.Decision;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResponseHeaders}.
 */
class ResponseHeadersTests {

	private final MockHttpServletResponse written = new MockHttpServletResponse();

	private final ResponseHeaders headers = new MockResponseHeaders(this.written);

	private final Decision decision = Decisions.of(Decisions.allowed("user", "60/min", 12, Duration.ofSeconds(30)));

	@Test
	void headersOfAnOwnWriterAreReadByOtherOriginsToo() {
		this.written.setHeader("Access-Control-Allow-Origin", "*");
		this.headers.write((decision, sink) -> sink.accept("X-Left", "12"), this.decision);
		assertThat(this.written.getHeaders("X-Left")).containsExactly("12");
		assertThat(this.written.getHeaders("Access-Control-Expose-Headers")).containsExactly("X-Left");
	}

	@Test
	void nothingIsExposedWhereNothingIsWritten() {
		this.written.setHeader("Access-Control-Allow-Origin", "*");
		this.headers.write((decision, sink) -> {
		}, this.decision);
		assertThat(this.written.getHeaders("Access-Control-Expose-Headers")).isEmpty();
	}

	@Test
	void denialIsNotStoredAndSaysOnceWhenToComeAgain() {
		this.headers.write(new ThrottledException(Duration.ofSeconds(5)));
		this.headers.write(new ThrottledException(Duration.ofSeconds(7)));
		assertThat(this.written.getHeaders("Cache-Control")).containsExactly("no-store");
		assertThat(this.written.getHeaders("Retry-After")).containsExactly("5");
	}

	@Test
	void requestThatCouldNotBeCountedIsAnsweredLikewise() {
		this.headers.write(new BackendUnavailableException(Duration.ofSeconds(1)));
		assertThat(this.written.getHeaders("Cache-Control")).containsExactly("no-store");
		assertThat(this.written.getHeaders("Retry-After")).containsExactly("1");
	}

}
