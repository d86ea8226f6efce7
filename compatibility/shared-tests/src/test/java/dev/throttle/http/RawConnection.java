package dev.throttle.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connection on which nothing checks or rewrites what is sent.
 */
final class RawConnection implements AutoCloseable {

	private final Socket socket;

	private RawConnection(Socket socket) {
		this.socket = socket;
	}

	static RawConnection to(String host, int port) {
		try {
			Socket socket = new Socket(host, port);
			socket.setSoTimeout(20_000);
			return new RawConnection(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Send a request and return the answer, up to the end of the connection.
	 */
	Answer exchange(String requestLine, String... headerLines) {
		send(requestLine, headerLines);
		try {
			return Answer.parse(this.socket.getInputStream().readAllBytes());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void send(String requestLine, String... headerLines) {
		StringBuilder request = new StringBuilder(requestLine + " HTTP/1.1\r\nHost: localhost\r\n");
		for (String line : headerLines) {
			request.append(line).append("\r\n");
		}
		request.append("Connection: close\r\n\r\n");
		try {
			this.socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
			this.socket.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
	}

	/**
	 * Return whether something has come to be read, after some time at most.
	 */
	boolean isAnswered(Duration patience) throws InterruptedException, IOException {
		long end = System.nanoTime() + patience.toNanos();
		while (this.socket.getInputStream().available() == 0 && System.nanoTime() < end) {
			Thread.sleep(10);
		}
		return this.socket.getInputStream().available() > 0;
	}

	/**
	 * Read until a text has come.
	 */
	void readUntil(String text) {
		try {
			InputStream input = this.socket.getInputStream();
			ByteArrayOutputStream read = new ByteArrayOutputStream();
			while (!read.toString(StandardCharsets.UTF_8).contains(text)) {
				int next = input.read();
				if (next < 0) {
					throw new IllegalStateException("The connection ended with " + read);
				}
				read.write(next);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Cut the connection off without a farewell.
	 */
	void reset() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	record Answer(int status, List<String> headerLines, String body) {

		static Answer parse(byte[] bytes) {
			String text = new String(bytes, StandardCharsets.UTF_8);
			int end = text.indexOf("\r\n\r\n");
			List<String> lines = text.substring(0, end).lines().toList();
			int status = Integer.parseInt(lines.get(0).split(" ")[1]);
			return new Answer(status, lines.subList(1, lines.size()), text.substring(end + 4));
		}

		/**
		 * Return the value of a header's only line.
		 */
		Optional<String> header(String name) {
			List<String> values = this.headerLines.stream()
				.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
				.map((line) -> line.substring(name.length() + 1).trim())
				.toList();
			if (values.size() > 1) {
				throw new IllegalStateException(name + " is there several times: " + values);
			}
			return values.stream().findFirst();
		}

	}

}
