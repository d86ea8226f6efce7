package dev.throttle.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A scope that counts the bytes of responses counts those that the application has
 * written.
 */
class ByteDownloadTests {

	private static final int RESERVE = 1024;

	private static final int FILE = 200_000;

	@TempDir
	private static Path directory;

	private static RunningApplication application;

	private final ByteClient client = new ByteClient(application);

	@BeforeAll
	static void start() throws IOException {
		Files.write(directory.resolve("file.bin"), new byte[FILE]);
		application = RunningApplication.start(Application.class, "throttle.rates.user=1GB/day",
				"throttle.scopes.user.cost=response-bytes", "throttle.scopes.user.reserve=" + RESERVE,
				"throttle.include-paths=/files/**", "spring.web.resources.static-locations=" + directory.toUri(),
				"spring.mvc.static-path-pattern=/files/**", "spring.webflux.static-path-pattern=/files/**",
				"server.compression.enabled=true", "server.compression.min-response-size=1KB",
				"management.endpoints.web.exposure.include=throttles", "spring.jmx.enabled=false",
				"logging.level.org=off");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, RESERVE, 300_000 })
	void bodyCounts(int length) {
		assertThat(this.client.get("/bytes?length=" + length).body()).hasSize(length);
		this.client.assertUsed("user", length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 300_000 })
	void bodyWithoutContentLengthCounts(int length) {
		HttpResponse<byte[]> answer = this.client.get("/stream?length=" + length);
		assertThat(answer.body()).hasSize(length);
		assertThat(answer.headers().firstValue("Content-Length")).isEmpty();
		this.client.assertUsed("user", length);
	}

	@Test
	void textCountsInBytes() {
		assertThat(this.client.get("/text?length=100").body()).hasSize(200);
		this.client.assertUsed("user", 200);
	}

	@Test
	void bodyThatTheServerCompressesCountsAsItIsWritten() {
		HttpResponse<byte[]> answer = this.client.get("/text?length=50000", "Accept-Encoding", "gzip");
		assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
		assertThat(answer.body()).hasSizeLessThan(10_000);
		this.client.assertUsed("user", 100_000);
	}

	@Test
	void bodyForHeadIsNotSentAndDoesNotCount() {
		HttpResponse<byte[]> answer = this.client.send("HEAD", "/bytes?length=5000", BodyPublishers.noBody());
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEmpty();
		this.client.assertUsed("user", 0);
	}

	@Test
	void answerWithoutBodyDoesNotCount() {
		assertThat(this.client.get("/nothing").statusCode()).isEqualTo(204);
		this.client.assertUsed("user", 0);
	}

	@Test
	void answerOfAnExceptionHandlerCounts() {
		HttpResponse<byte[]> answer = this.client.get("/handled");
		assertThat(answer.statusCode()).isEqualTo(409);
		this.client.assertUsed("user", answer.body().length);
	}

	@Test
	void errorPageOfTheServerDoesNotCount() {
		HttpResponse<byte[]> answer = this.client.get("/failing");
		assertThat(answer.statusCode()).isEqualTo(500);
		assertThat(answer.body()).isNotEmpty();
		this.client.assertUsed("user", 0);
	}

	@Test
	void eventsCount() {
		HttpResponse<byte[]> answer = this.client.get("/events");
		assertThat(answer.body()).asString().contains("data:").contains("50");
		this.client.assertUsed("user", answer.body().length);
	}

	@Test
	void staticFileCounts() {
		assertThat(this.client.get("/files/file.bin").body()).hasSize(FILE);
		this.client.assertUsed("user", FILE);
	}

	@Test
	void rangeOfAStaticFileCounts() {
		HttpResponse<byte[]> answer = this.client.get("/files/file.bin", "Range", "bytes=100-1099");
		assertThat(answer.statusCode()).isEqualTo(206);
		assertThat(answer.body()).hasSize(1000);
		this.client.assertUsed("user", 1000);
	}

	@Test
	void staticFileThatIsNotModifiedDoesNotCount() {
		String modified = this.client.get("/files/file.bin").headers().firstValue("Last-Modified").orElseThrow();
		this.client.assertUsed("user", FILE);
		assertThat(this.client.get("/files/file.bin", "If-Modified-Since", modified).statusCode()).isEqualTo(304);
		this.client.assertUsed("user", FILE);
	}

	@Test
	void downloadThatIsAbortedCountsAsFarAsItWasWritten() throws IOException {
		int length = 500_000_000;
		int taken = 2_000_000;
		try (Socket socket = this.client.begin("GET /stream?length=" + length, "Accept: */*", new byte[0])) {
			InputStream input = socket.getInputStream();
			assertThat(input.readNBytes(taken)).hasSize(taken);
			socket.setSoLinger(true, 0);
		}
		await().untilAsserted(() -> assertThat(this.client.used("user")).isBetween(taken - 10_000L, length / 2L));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, EventsHandler.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(new ThrottleClock()).build();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/bytes")
		byte[] bytes(@RequestParam int length) {
			return new byte[length];
		}

		@GetMapping("/text")
		String text(@RequestParam int length) {
			return "ä".repeat(length);
		}

		@GetMapping("/stream")
		ResponseEntity<InputStreamResource> stream(@RequestParam int length) {
			return ResponseEntity.ok()
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(new InputStreamResource(new Zeros(length)));
		}

		@GetMapping("/nothing")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		void nothing() {
		}

		@GetMapping("/handled")
		String handled() {
			throw new UnsupportedOperationException();
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		ResponseEntity<String> conflict() {
			return ResponseEntity.status(HttpStatus.CONFLICT).body("conflict".repeat(500));
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("failing");
		}

	}

	/**
	 * As many zeros, without holding them.
	 */
	private static final class Zeros extends InputStream {

		private int left;

		private Zeros(int length) {
			this.left = length;
		}

		@Override
		public int read() {
			return (this.left-- > 0) ? 0 : -1;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) {
			int next = Math.min(length, this.left);
			this.left -= next;
			return (next > 0) ? next : -1;
		}

	}

}
