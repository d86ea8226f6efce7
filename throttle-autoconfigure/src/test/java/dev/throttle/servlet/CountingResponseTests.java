package dev.throttle.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;

import dev.throttle.web.ByteCount;
import dev.throttle.web.CostUnit;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link CountingResponse}.
 */
class CountingResponseTests {

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final ByteCount count = new ByteCount();

	private final CountingResponse counting = new CountingResponse(this.response, this.count);

	@Test
	void streamCountsWhatIsWritten() throws IOException {
		ServletOutputStream output = this.counting.getOutputStream();
		output.write('x');
		output.write(new byte[10]);
		output.write(new byte[10], 2, 3);
		output.print("abc");
		output.println("de");
		assertThat(written()).isEqualTo(this.response.getContentAsByteArray().length).isEqualTo(21);
		assertThat(this.counting.getOutputStream()).isSameAs(output);
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "ISO-8859-1", "UTF-16", "UTF-16LE" })
	void writerCountsBytes(String encoding) throws IOException {
		this.counting.setCharacterEncoding(encoding);
		PrintWriter writer = this.counting.getWriter();
		writer.print("Größe: ");
		writer.append('5').write("€\uD83D");
		writer.write("\uDE00".toCharArray());
		writer.println(true);
		writer.printf("%05d", 42);
		writer.flush();
		byte[] sent = "Größe: 5€\uD83D\uDE00true%n00042".formatted().getBytes(Charset.forName(encoding));
		assertThat(written()).isEqualTo(sent.length);
		assertThat(this.counting.getWriter()).isSameAs(writer);
		assertThat(writer.checkError()).isFalse();
	}

	@Test
	void writerStillSettlesTheEncodingOfTheContainer() throws IOException {
		this.counting.setContentType("text/plain;charset=UTF-8");
		this.counting.getWriter().write("€");
		this.counting.flushBuffer();
		assertThat(this.response.getContentType()).isEqualTo("text/plain;charset=UTF-8");
		assertThat(this.response.getContentAsString()).isEqualTo("€");
	}

	@Test
	void bodyThatIsResetDoesNotCount() throws IOException {
		this.counting.getOutputStream().write(new byte[10]);
		this.counting.resetBuffer();
		this.counting.getOutputStream().write(new byte[3]);
		assertThat(written()).isEqualTo(3);
		this.counting.reset();
		assertThat(written()).isZero();
		this.counting.getWriter().write("text");
		assertThat(written()).isEqualTo(4);
	}

	@Test
	void bodyThatAnErrorPageReplacesDoesNotCount() throws IOException {
		this.counting.getOutputStream().write(new byte[10]);
		this.counting.sendError(500, "broken");
		assertThat(written()).isZero();
	}

	@Test
	void bodyThatARedirectReplacesDoesNotCount() throws IOException {
		this.counting.getOutputStream().write(new byte[10]);
		this.counting.sendRedirect("/elsewhere");
		assertThat(written()).isZero();
	}

	@Test
	void bodyThatCannotBeWrittenDoesNotCount() throws IOException {
		CountingResponse gone = new CountingResponse(new Gone(), this.count);
		assertThatIOException().isThrownBy(() -> gone.getOutputStream().write(new byte[10]));
		assertThatIOException().isThrownBy(() -> gone.getOutputStream().write(1));
		assertThat(written()).isZero();
		assertThat(gone.getOutputStream().isReady()).isFalse();
	}

	@Test
	void listenerOfAsynchronousWritesGoesToTheContainer() throws IOException {
		Gone gone = new Gone();
		WriteListener listener = new WriteListener() {

			@Override
			public void onWritePossible() {
			}

			@Override
			public void onError(Throwable failure) {
			}

		};
		new CountingResponse(gone, this.count).getOutputStream().setWriteListener(listener);
		assertThat(gone.listener).isSameAs(listener);
	}

	@Test
	void largeTextIsCountedAsAWhole() throws IOException {
		this.counting.setCharacterEncoding("UTF-8");
		char[] text = new char[100_000];
		Arrays.fill(text, '€');
		this.counting.getWriter().write(text);
		assertThat(written()).isEqualTo(300_000);
	}

	private long written() {
		return this.count.passed(CostUnit.RESPONSE_BYTES);
	}

	/**
	 * A response whose client is gone.
	 */
	private static final class Gone extends MockHttpServletResponse {

		private WriteListener listener;

		@Override
		public ServletOutputStream getOutputStream() {
			return new ServletOutputStream() {

				@Override
				public void write(int next) throws IOException {
					throw new IOException("Gone");
				}

				@Override
				public boolean isReady() {
					return false;
				}

				@Override
				public void setWriteListener(WriteListener listener) {
					Gone.this.listener = listener;
				}

			};
		}

	}

}
