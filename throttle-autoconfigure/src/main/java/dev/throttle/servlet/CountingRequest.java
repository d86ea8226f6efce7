package dev.throttle.servlet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.throttle.web.ByteCount;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;

/**
 * A request whose body is counted as it is read. A form is read by the container: it
 * counts as its {@code Content-Length}, or else as the size of its parts or parameters.
 */
final class CountingRequest extends HttpServletRequestWrapper {

	private final HttpServletResponse response;

	private final ByteCount count;

	private @Nullable ServletInputStream stream;

	private @Nullable BufferedReader reader;

	/** Whether the container was asked for a form. */
	private boolean formIsCounted;

	CountingRequest(HttpServletRequest request, HttpServletResponse response, ByteCount count) {
		super(request);
		this.response = response;
		this.count = count;
	}

	/**
	 * Keep this request and its response if a handler starts asynchronous processing
	 * without passing them.
	 */
	@Override
	public AsyncContext startAsync() {
		return startAsync(this, this.response);
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		if (this.reader != null) {
			throw new IllegalStateException("The reader of this request is in use");
		}
		return stream();
	}

	private ServletInputStream stream() throws IOException {
		ServletInputStream present = this.stream;
		if (present == null) {
			present = new Stream(super.getInputStream(), this.count);
			this.stream = present;
		}
		return present;
	}

	@Override
	public BufferedReader getReader() throws IOException {
		BufferedReader present = this.reader;
		if (present == null) {
			if (this.stream != null) {
				throw new IllegalStateException("The input stream of this request is in use");
			}
			String encoding = Objects.requireNonNullElse(getCharacterEncoding(), StandardCharsets.ISO_8859_1.name());
			present = new BufferedReader(new InputStreamReader(stream(), encoding));
			this.reader = present;
		}
		return present;
	}

	@Override
	public @Nullable String getParameter(String name) {
		String value = super.getParameter(name);
		countForm();
		return value;
	}

	@Override
	public Map<String, String[]> getParameterMap() {
		Map<String, String[]> parameters = super.getParameterMap();
		countForm();
		return parameters;
	}

	@Override
	public Enumeration<String> getParameterNames() {
		Enumeration<String> names = super.getParameterNames();
		countForm();
		return names;
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		String[] values = super.getParameterValues(name);
		countForm();
		return values;
	}

	@Override
	public Collection<Part> getParts() throws IOException, ServletException {
		countForm();
		Collection<Part> parts = super.getParts();
		if (getContentLengthLong() < 0) {
			this.count.readByServer(parts.stream().mapToLong(Part::getSize).sum());
		}
		return parts;
	}

	@Override
	public @Nullable Part getPart(String name) throws IOException, ServletException {
		getParts();
		return super.getPart(name);
	}

	private void countForm() {
		String type = this.formIsCounted ? null : getContentType();
		this.formIsCounted = true;
		if (type == null) {
			return;
		}
		String lower = type.toLowerCase(Locale.ROOT);
		if (lower.startsWith("multipart/")) {
			this.count.readByServer(getContentLengthLong());
		}
		else if (lower.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
			this.count.readByServer((getContentLengthLong() >= 0) ? getContentLengthLong() : lengthOfParameters());
		}
	}

	private long lengthOfParameters() {
		long length = 0;
		for (Map.Entry<String, String[]> parameter : super.getParameterMap().entrySet()) {
			for (String value : parameter.getValue()) {
				length += bytes(parameter.getKey()) + bytes(value) + "=&".length();
			}
		}
		return length;
	}

	private static int bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	/**
	 * The body.
	 */
	private static final class Stream extends ServletInputStream {

		private final ServletInputStream stream;

		private final ByteCount count;

		private Stream(ServletInputStream stream, ByteCount count) {
			this.stream = stream;
			this.count = count;
		}

		@Override
		public int read() throws IOException {
			int next = this.stream.read();
			if (next >= 0) {
				this.count.read(1);
			}
			return next;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = this.stream.read(bytes, offset, length);
			if (read > 0) {
				this.count.read(read);
			}
			return read;
		}

		@Override
		public int available() throws IOException {
			return this.stream.available();
		}

		@Override
		public void close() throws IOException {
			this.stream.close();
		}

		@Override
		public boolean isFinished() {
			return this.stream.isFinished();
		}

		@Override
		public boolean isReady() {
			return this.stream.isReady();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.stream.setReadListener(listener);
		}

	}

}
