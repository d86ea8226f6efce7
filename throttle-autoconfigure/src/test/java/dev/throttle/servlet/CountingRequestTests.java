package dev.throttle.servlet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

import dev.throttle.web.ByteCount;
import dev.throttle.web.CostUnit;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockPart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CountingRequest}.
 */
class CountingRequestTests {

	private static final String BODY = "Größe=5€";

	private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/uploads");

	private final ByteCount count = new ByteCount();

	private final CountingRequest counting = new CountingRequest(this.request, new MockHttpServletResponse(),
			this.count);

	@Test
	void bodyThatIsNotReadDoesNotCount() throws IOException {
		body(BODY);
		assertThat(this.counting.getInputStream()).isSameAs(this.counting.getInputStream());
		assertThat(read()).isZero();
	}

	@Test
	void streamCountsWhatIsRead() throws IOException {
		body(BODY);
		assertThat(this.counting.getInputStream().read()).isEqualTo('G');
		assertThat(read()).isOne();
		assertThat(this.counting.getInputStream().readNBytes(4)).hasSize(4);
		assertThat(read()).isEqualTo(5);
		assertThat(this.counting.getInputStream().readAllBytes()).hasSize(length(BODY) - 5);
		assertThat(this.counting.getInputStream().read()).isNegative();
		assertThat(read()).isEqualTo(length(BODY));
		assertThat(this.counting.getInputStream().isFinished()).isTrue();
	}

	@Test
	void lineOfAStreamCounts() throws IOException {
		body("one\ntwo");
		assertThat(this.counting.getInputStream().readLine(new byte[10], 0, 10)).isEqualTo(4);
		assertThat(read()).isEqualTo(4);
	}

	@Test
	void readerCountsBytes() throws IOException {
		this.request.setCharacterEncoding("UTF-8");
		body(BODY);
		assertThat(this.counting.getReader().readLine()).isEqualTo(BODY);
		assertThat(this.counting.getReader()).isSameAs(this.counting.getReader());
		assertThat(read()).isEqualTo(length(BODY));
	}

	@Test
	void readerOfARequestWithoutEncodingReadsLatin1() throws IOException {
		this.request.setContent("Grün".getBytes(StandardCharsets.ISO_8859_1));
		assertThat(this.counting.getReader().readLine()).isEqualTo("Grün");
		assertThat(read()).isEqualTo(4);
	}

	@Test
	void streamAndReaderExcludeEachOther() throws IOException {
		this.counting.getInputStream();
		assertThatIllegalStateException().isThrownBy(this.counting::getReader);
		CountingRequest other = new CountingRequest(this.request, new MockHttpServletResponse(), this.count);
		other.getReader();
		assertThatIllegalStateException().isThrownBy(other::getInputStream);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded;charset=UTF-8" })
	void formCountsAsItsContentLength(String type) {
		this.request.setContentType(type);
		this.request.setContent(new byte[17]);
		this.request.setParameter("name", "value");
		assertThat(read()).isZero();
		assertThat(this.counting.getParameter("name")).isEqualTo("value");
		assertThat(read()).isEqualTo(17);
		assertThat(this.counting.getParameterMap()).containsOnlyKeys("name");
		assertThat(read()).isEqualTo(17);
	}

	@Test
	void formWithoutContentLengthCountsAsItsParameters() {
		this.request.setContentType("application/x-www-form-urlencoded");
		this.request.setParameter("name", "Grün");
		this.request.addParameter("name", "x");
		assertThat(Collections.list(this.counting.getParameterNames())).containsExactly("name");
		assertThat(read()).isEqualTo(length("name=Grün&name=x&"));
	}

	@Test
	void parametersOfABodyThatIsNoFormDoNotCount() {
		body(BODY);
		this.request.setContentType("application/json");
		this.request.setParameter("page", "3");
		assertThat(this.counting.getParameterValues("page")).containsExactly("3");
		assertThat(read()).isZero();
	}

	@Test
	void multipartBodyCountsAsItsContentLength() throws Exception {
		this.request.setContentType("multipart/form-data; boundary=x");
		this.request.setContent(new byte[200]);
		this.request.addPart(new MockPart("file", "f", new byte[20]));
		assertThat(this.counting.getPart("file").getSize()).isEqualTo(20);
		assertThat(read()).isEqualTo(200);
	}

	@Test
	void multipartBodyWithoutContentLengthCountsAsItsParts() throws Exception {
		this.request.setContentType("multipart/form-data; boundary=x");
		this.request.addPart(new MockPart("file", "f", new byte[20]));
		this.request.addPart(new MockPart("note", new byte[3]));
		assertThat(this.counting.getParts()).hasSize(2);
		assertThat(read()).isEqualTo(23);
	}

	@Test
	void listenerOfAsynchronousReadsGoesToTheContainer() throws IOException {
		ReadListener[] set = new ReadListener[1];
		HttpServletRequest nonBlocking = new MockHttpServletRequest() {

			@Override
			public ServletInputStream getInputStream() {
				return new DelegatingServletInputStream(new ByteArrayInputStream(new byte[3])) {

					@Override
					public boolean isReady() {
						return set[0] != null;
					}

					@Override
					public void setReadListener(ReadListener listener) {
						set[0] = listener;
					}

				};
			}

		};
		CountingRequest request = new CountingRequest(nonBlocking, new MockHttpServletResponse(), this.count);
		ReadListener listener = new ReadListener() {

			@Override
			public void onDataAvailable() {
			}

			@Override
			public void onAllDataRead() {
			}

			@Override
			public void onError(Throwable failure) {
			}

		};
		assertThat(request.getInputStream().isReady()).isFalse();
		request.getInputStream().setReadListener(listener);
		assertThat(set[0]).isSameAs(listener);
		assertThat(request.getInputStream().isReady()).isTrue();
		request.getInputStream().readAllBytes();
		assertThat(read()).isEqualTo(3);
	}

	@Test
	void asynchronousProcessingKeepsTheCountedRequestAndResponse() {
		this.request.setAsyncSupported(true);
		MockHttpServletResponse response = new MockHttpServletResponse();
		CountingResponse countedResponse = new CountingResponse(response, this.count);
		CountingRequest request = new CountingRequest(this.request, countedResponse, this.count);
		assertThat(request.startAsync().getRequest()).isSameAs(request);
		assertThat(request.getAsyncContext().getResponse()).isSameAs(countedResponse);
	}

	private void body(String text) {
		this.request.setContent(text.getBytes(StandardCharsets.UTF_8));
	}

	private static int length(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	private long read() {
		return this.count.passed(CostUnit.REQUEST_BYTES);
	}

}
