package dev.throttle.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Writes a problem (RFC 9457) that must not be cached.
 */
final class ProblemResponse {

	static final String RETRY_AFTER = "Retry-After";

	private ProblemResponse() {
	}

	static void setRetryAfter(long seconds, HttpServletResponse response) {
		response.setHeader(RETRY_AFTER, Long.toString(seconds));
		ExposedHeaders.expose(response, RETRY_AFTER);
	}

	static void write(int status, String body, HttpServletResponse response) throws IOException {
		response.resetBuffer();
		response.setStatus(status);
		response.setHeader("Cache-Control", "no-store");
		response.setContentType("application/problem+json");
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		ServletOutputStream output;
		try {
			output = response.getOutputStream();
		}
		catch (IllegalStateException handlerHasTakenTheWriter) {
			writeInAnyCharset(body, response);
			return;
		}
		response.setContentLength(bytes.length);
		output.write(bytes);
	}

	/**
	 * Write what reads the same in the character encoding that a handler has chosen
	 * before it failed.
	 */
	private static void writeInAnyCharset(String body, HttpServletResponse response) throws IOException {
		StringBuilder ascii = new StringBuilder(body.length());
		for (int i = 0; i < body.length(); i++) {
			char character = body.charAt(i);
			ascii.append((character < 0x7F) ? character : String.format("\\u%04x", (int) character));
		}
		response.setContentLength(ascii.length());
		response.getWriter().append(ascii);
	}

}
