package dev.throttle.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Writes a response body that replaces what the handler has written.
 */
final class ResponseBody {

	private ResponseBody() {
	}

	static void write(int status, String contentType, String body, HttpServletResponse response) throws IOException {
		response.resetBuffer();
		response.setStatus(status);
		response.setContentType(contentType);
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
	 * Write a text as ASCII, so that it is correct in any character encoding that the
	 * handler has set.
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
