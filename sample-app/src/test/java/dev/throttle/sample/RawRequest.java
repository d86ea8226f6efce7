package dev.throttle.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that no well-behaved client would send, byte by byte.
 */
public final class RawRequest implements AutoCloseable {

	private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");

	private final Socket socket;

	private RawRequest(Socket socket) {
		this.socket = socket;
	}

	/**
	 * Send a request.
	 * @param port the port
	 * @param lines the request's line and headers, without {@code Host}
	 * @param body what follows them, whatever the headers say
	 */
	public static RawRequest send(int port, String lines, String body) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(20_000);
		String request = lines.strip().replace("\n", "\r\n") + "\r\nHost: localhost\r\nConnection: close\r\n\r\n"
				+ body;
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		socket.getOutputStream().flush();
		return new RawRequest(socket);
	}

	/**
	 * Say that nothing more comes.
	 */
	public void end() throws IOException {
		this.socket.shutdownOutput();
	}

	/**
	 * Return the answer as soon as it is there, whether or not the server still waits for
	 * the body.
	 */
	public String answer() throws IOException {
		StringBuilder answer = new StringBuilder();
		InputStream input = this.socket.getInputStream();
		for (int next = input.read(); next >= 0; next = input.read()) {
			answer.append((char) next);
			if (isComplete(answer.toString())) {
				break;
			}
		}
		return answer.toString();
	}

	private static boolean isComplete(String answer) {
		int head = answer.indexOf("\r\n\r\n");
		Matcher length = CONTENT_LENGTH.matcher(answer);
		return (head >= 0 && length.find()) ? answer.length() - head - 4 >= Integer.parseInt(length.group(1))
				: answer.endsWith("\r\n0\r\n\r\n");
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
