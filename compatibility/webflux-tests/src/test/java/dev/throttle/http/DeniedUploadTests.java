package dev.throttle.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;

/**
 * When and how the denial of an upload reaches its client, which depends on Netty.
 */
class DeniedUploadTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.anon=0/min");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void uploadIsDeniedBeforeItIsReceived() {
		try (RawConnection client = application.caller().connect()) {
			client.send("POST /files", "Content-Type: multipart/form-data; boundary=boundary",
					"Content-Length: 40000000");
			client.readUntil("HTTP/1.1 429");
		}
	}

	@Test
	void denialReachesAClientThatHasSentItsBody() throws IOException {
		try (RawConnection client = application.caller().connect()) {
			client.write("POST /bodies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"
				.getBytes(StandardCharsets.US_ASCII));
			client.readUntil("HTTP/1.1 429");
			client.readUntil("\"violated-policies\":[\"anon\"]}");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@PostMapping("/files")
		Mono<String> file(@RequestPart Mono<FilePart> file) {
			return file.map(FilePart::filename);
		}

		@PostMapping("/bodies")
		int body(@RequestBody byte[] body) {
			return body.length;
		}

	}

}
