package dev.throttle.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;

import dev.throttle.web.ByteCount;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body is counted as it is written. What the container discards, such as
 * for an error page, does not count.
 */
final class CountingResponse extends HttpServletResponseWrapper {

	private final ByteCount count;

	private @Nullable ServletOutputStream stream;

	private @Nullable PrintWriter writer;

	CountingResponse(HttpServletResponse response, ByteCount count) {
		super(response);
		this.count = count;
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		ServletOutputStream present = this.stream;
		if (present == null) {
			present = new Stream(super.getOutputStream(), this.count);
			this.stream = present;
		}
		return present;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		PrintWriter present = this.writer;
		if (present == null) {
			PrintWriter ofContainer = super.getWriter();
			present = new CheckedWriter(new Counter(ofContainer, getCharacterEncoding(), this.count), ofContainer);
			this.writer = present;
		}
		return present;
	}

	@Override
	public void reset() {
		super.reset();
		this.stream = null;
		this.writer = null;
		this.count.discardWritten();
	}

	@Override
	public void resetBuffer() {
		super.resetBuffer();
		this.count.discardWritten();
	}

	@Override
	public void sendError(int status) throws IOException {
		super.sendError(status);
		this.count.discardWritten();
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		super.sendError(status, message);
		this.count.discardWritten();
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		super.sendRedirect(location);
		this.count.discardWritten();
	}

	/**
	 * The body as bytes.
	 */
	private static final class Stream extends ServletOutputStream {

		private final ServletOutputStream stream;

		private final ByteCount count;

		private Stream(ServletOutputStream stream, ByteCount count) {
			this.stream = stream;
			this.count = count;
		}

		@Override
		public void write(int next) throws IOException {
			this.stream.write(next);
			this.count.written(1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			this.stream.write(bytes, offset, length);
			this.count.written(length);
		}

		@Override
		public void flush() throws IOException {
			this.stream.flush();
		}

		@Override
		public void close() throws IOException {
			this.stream.close();
		}

		@Override
		public boolean isReady() {
			return this.stream.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			this.stream.setWriteListener(listener);
		}

	}

	/**
	 * The body as text. The container's writer stays in use, because it settles the
	 * character encoding.
	 */
	private static final class Counter extends Writer {

		private final Writer writer;

		/** Encodes the text once more, to nowhere. */
		private final Writer encoder;

		private Counter(Writer writer, String encoding, ByteCount count) throws IOException {
			this.writer = writer;
			this.encoder = new OutputStreamWriter(new Encoded(count), encoding);
		}

		@Override
		public void write(char[] text, int offset, int length) throws IOException {
			this.writer.write(text, offset, length);
			this.encoder.write(text, offset, length);
			this.encoder.flush();
		}

		@Override
		public void flush() throws IOException {
			this.writer.flush();
		}

		@Override
		public void close() throws IOException {
			this.writer.close();
		}

	}

	/**
	 * Counts what is written to it.
	 */
	private static final class Encoded extends OutputStream {

		private final ByteCount count;

		private Encoded(ByteCount count) {
			this.count = count;
		}

		@Override
		public void write(int next) {
			this.count.written(1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.count.written(length);
		}

	}

	/**
	 * Tells of the errors of the container's writer.
	 */
	private static final class CheckedWriter extends PrintWriter {

		private final PrintWriter ofContainer;

		private CheckedWriter(Writer writer, PrintWriter ofContainer) {
			super(writer);
			this.ofContainer = ofContainer;
		}

		@Override
		public boolean checkError() {
			boolean hasFailed = super.checkError();
			return this.ofContainer.checkError() || hasFailed;
		}

	}

}
