package dev.throttle.sample.user;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * A login whose body has been read, and can be read again.
 */
final class LoginBody extends HttpServletRequestWrapper {

	private final byte[] content;

	LoginBody(HttpServletRequest request, byte[] content) {
		super(request);
		this.content = content;
	}

	byte[] content() {
		return this.content;
	}

	@Override
	public ServletInputStream getInputStream() {
		ByteArrayInputStream unread = new ByteArrayInputStream(this.content);
		return new ServletInputStream() {

			@Override
			public int read() {
				return unread.read();
			}

			@Override
			public int read(byte[] target, int offset, int length) {
				return unread.read(target, offset, length);
			}

			@Override
			public boolean isFinished() {
				return unread.available() == 0;
			}

			@Override
			public boolean isReady() {
				return true;
			}

			@Override
			public void setReadListener(ReadListener listener) {
				throw new UnsupportedOperationException();
			}

		};
	}

	@Override
	public BufferedReader getReader() throws IOException {
		String encoding = getCharacterEncoding();
		return new BufferedReader(new InputStreamReader(getInputStream(),
				(encoding != null) ? Charset.forName(encoding) : StandardCharsets.UTF_8));
	}

}
