package dev.throttle.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * When and how the denial of an upload reaches its client, which depends on the servlet
 * container.
 */
class DeniedUploadTests {

	private static final byte[] START = ("--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
			+ "Content-Type: application/octet-stream\r\n\r\n" + "x".repeat(10_000))
		.getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END = "\r\n--boundary--\r\n".getBytes(StandardCharsets.US_ASCII);

	/** More than the buffers on the way hold. */
	private static final int LARGE = 40_000_000;

	@Test
	void uploadIsReceivedInFullBeforeItIsDenied() throws Exception {
		try (RunningApplication application = start(); RawConnection client = application.caller().connect()) {
			sendFile(client);
			client.write(START);
			assertThat(client.isAnswered(Duration.ofMillis(400))).isFalse();
			client.write(END);
			client.readUntil("HTTP/1.1 429");
		}
	}

	@Test
	void uploadThatIsResolvedLazilyIsDeniedAtOnce() throws Exception {
		try (RunningApplication application = start("spring.servlet.multipart.resolve-lazily=true");
				RawConnection client = application.caller().connect()) {
			sendFile(client);
			client.readUntil("HTTP/1.1 429");
		}
	}

	@Test
	void clientThatDoesNotReadWhileItSendsALargeBodySeesABrokenConnection() {
		try (RunningApplication application = start(); RawConnection client = application.caller().connect()) {
			sendLarge(client);
			assertThatIOException().isThrownBy(() -> client.write(new byte[LARGE]));
		}
	}

	@Test
	void clientThatDoesNotReadWhileItSendsSeesTheDenialWhereTomcatReadsOn() throws IOException {
		try (RunningApplication application = start("server.tomcat.max-swallow-size=50MB");
				RawConnection client = application.caller().connect()) {
			sendLarge(client);
			client.write(new byte[LARGE]);
			client.readUntil("HTTP/1.1 429");
		}
	}

	private static void sendFile(RawConnection client) {
		client.send("POST /files", "Content-Type: multipart/form-data; boundary=boundary",
				"Content-Length: " + (START.length + END.length));
	}

	private static void sendLarge(RawConnection client) {
		client.send("POST /bodies", "Content-Type: application/octet-stream", "Content-Length: " + LARGE);
	}

	private static RunningApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("throttle.rates.anon=0/min");
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@PostMapping("/files")
		long file(@RequestParam MultipartFile file) {
			return file.getSize();
		}

		@PostMapping("/bodies")
		int body(@RequestBody byte[] body) {
			return body.length;
		}

	}

}
