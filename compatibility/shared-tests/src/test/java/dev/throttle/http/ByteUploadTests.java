package dev.throttle.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

import dev.throttle.ScopedRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A scope that counts the bytes of requests counts those that the application has read.
 */
class ByteUploadTests {

	private static final int RESERVE = 1024;

	private static RunningApplication application;

	private final ByteClient client = new ByteClient(application);

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=10MB/day",
				"throttle.scopes.user.cost=request-bytes", "throttle.scopes.user.reserve=" + RESERVE,
				"throttle.rates.small=2KB/min", "throttle.scopes.small.cost=request-bytes",
				"throttle.scopes.small.reserve=1KB", "throttle.rates.anon=5/min", "throttle.headers=both",
				"spring.codec.max-in-memory-size=10MB", "spring.http.codecs.max-in-memory-size=10MB",
				"management.endpoints.web.exposure.include=throttles",
				"management.endpoint.throttles.access=unrestricted", "spring.jmx.enabled=false",
				"server.http2.enabled=true",
				"logging.level.org=off");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 300_000 })
	void bodyCounts(int length) {
		assertThat(this.client.post("/read", new byte[length]).body()).asString().isEqualTo(Integer.toString(length));
		this.client.assertUsed("user", length);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 300_000 })
	void bodyWithoutContentLengthCounts(int length) {
		assertThat(this.client.postChunked("/read", new byte[length]).body()).asString()
			.isEqualTo(Integer.toString(length));
		this.client.assertUsed("user", length);
	}

	@Test
	void bodyOverHttp2WithoutContentLengthCounts() {
		ByteClient http2 = this.client.overHttp2();
		http2.get("/plain");
		HttpResponse<byte[]> answer = http2.postChunked("/read", new byte[3000]);
		assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(answer.body()).asString().isEqualTo("3000");
		this.client.assertUsed("user", 3000);
		http2.get("/plain");
		assertThat(this.client.used("user")).isEqualTo(3000);
	}

	@Test
	void bodyThatIsNotReadDoesNotCount() {
		assertThat(this.client.post("/ignored", new byte[3000]).statusCode()).isEqualTo(200);
		this.client.assertUsed("user", 0);
		assertThat(this.client.postChunked("/ignored", new byte[3000]).statusCode()).isEqualTo(200);
		this.client.assertUsed("user", 0);
	}

	@Test
	void requestWithoutBodyIsNotCounted() {
		for (String path : new String[] { "/plain", "/ignored" }) {
			HttpResponse<byte[]> answer = this.client.send(path.equals("/plain") ? "GET" : "POST", path,
					BodyPublishers.noBody());
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.headers().map()).doesNotContainKeys("ratelimit", "x-ratelimit-remaining");
		}
		assertThat(this.client.used("user")).isZero();
	}

	@Test
	void headersTellWhatIsLeftWhenTheRequestIsAdmitted() {
		HttpResponse<byte[]> answer = this.client.post("/ignored", new byte[3000]);
		assertThat(answer.headers().firstValue("RateLimit-Policy"))
			.hasValue("\"user\";q=10485760;qu=\"content-bytes\";w=86400");
		assertThat(answer.headers().firstValue("RateLimit")).hasValue("\"user\";r=10482760;t=86400");
		assertThat(answer.headers().firstValue("X-RateLimit-Limit")).hasValue("10485760");
		assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("10482760");
	}

	@Test
	void bodyThatIsCompressedCountsAsItIsSent() {
		byte[] compressed = gzip(new byte[100_000]);
		assertThat(this.client.post("/read", compressed, "Content-Encoding", "gzip").body()).asString()
			.isEqualTo(Integer.toString(compressed.length));
		this.client.assertUsed("user", compressed.length);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000000", "Transfer-Encoding: chunked" })
	void bodyThatIsAbortedCountsAsFarAsItCame(String header) throws IOException {
		byte[] half = new byte[500_000];
		byte[] sent = header.startsWith("C") ? half
				: concat("f4240\r\n".getBytes(StandardCharsets.US_ASCII), half);
		try (Socket connection = this.client.begin("POST /read", header, sent)) {
			await().until(() -> this.client.used("user") > 0);
			connection.shutdownOutput();
		}
		this.client.assertUsed("user", half.length);
	}

	@Test
	void formCounts() {
		byte[] form = ("name=" + "x".repeat(5000)).getBytes(StandardCharsets.US_ASCII);
		assertThat(this.client.post("/form", form, "Content-Type", "application/x-www-form-urlencoded").body())
			.asString()
			.isEqualTo("5000");
		this.client.assertUsed("user", form.length);
	}

	@Test
	void formWithoutContentLengthCounts() {
		byte[] form = ("name=" + "x".repeat(5000)).getBytes(StandardCharsets.US_ASCII);
		this.client.postChunked("/form", form, "Content-Type", "application/x-www-form-urlencoded");
		await().untilAsserted(
				() -> assertThat(this.client.used("user")).isBetween((long) form.length, form.length + 1L));
	}

	@Test
	void multipartBodyCounts() {
		byte[] body = multipart(20_000);
		assertThat(this.client.post("/multipart", body, "Content-Type", "multipart/form-data; boundary=b").statusCode())
			.isEqualTo(200);
		this.client.assertUsed("user", body.length);
	}

	@Test
	void multipartBodyWithoutContentLengthCountsAtLeastItsParts() {
		byte[] body = multipart(20_000);
		this.client.postChunked("/multipart", body, "Content-Type", "multipart/form-data; boundary=b");
		await()
			.untilAsserted(() -> assertThat(this.client.used("user")).isBetween(20_000L, Long.valueOf(body.length)));
	}

	@Test
	void bodyAboveTheLimitIsNeverAllowed() {
		HttpResponse<byte[]> denied = this.client.post("/small", new byte[3000]);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
		assertThat(denied.body()).asString()
			.contains("It takes more bytes than the limit ever allows, so waiting does not help.");
	}

	@Test
	void bodyForWhichNotEnoughIsLeftHasToWait() {
		assertThat(this.client.post("/small", new byte[1500]).statusCode()).isEqualTo(200);
		this.client.assertUsed("small", 1500);
		HttpResponse<byte[]> denied = this.client.post("/small", new byte[600]);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
		assertThat(denied.headers().firstValue("RateLimit")).hasValue("\"small\";r=548;t=60");
		assertThat(denied.body()).asString()
			.contains("Request was throttled by a limit of bytes. Expected available in 60 seconds.");
		assertThat(this.client.post("/small", new byte[548]).statusCode()).isEqualTo(200);
	}

	@Test
	void bodyThatTurnsOutLargerIsCountedInFull() {
		assertThat(this.client.postChunked("/small", new byte[5000]).statusCode()).isEqualTo(200);
		await().untilAsserted(
				() -> assertThat(this.client.post("/small", new byte[1]).statusCode()).isEqualTo(429));
	}

	@Test
	void rateInBytesIsChangedAtRunTime() {
		Caller operator = application.caller();
		String scope = "/actuator/throttles/small";
		assertThat(operator.get(scope).body()).contains("\"rate\":\"2KB/min\"");
		assertThat(operator.post(scope, "{\"rate\":\"3MB/day\"}").body()).contains("\"rate\":\"3MB/day\"",
				"\"configured\":\"2KB/min\"");
		assertThat(operator.post(scope, "{\"rate\":\"4096/min\"}").body()).contains("\"rate\":\"4KB/min\"");
		assertThat(operator.post(scope, "{\"rate\":\"100/min\"}"))
			.matches((answer) -> answer.statusCode() == 400)
			.extracting(HttpResponse::body)
			.asString()
			.contains("set 'throttle.scopes.small.reserve' to '100B' or less");
		assertThat(operator.post(scope, "{\"rate\":\"configured\"}").body()).contains("\"rate\":\"2KB/min\"");
		assertThat(operator.post("/actuator/throttles/anon", "{\"rate\":\"10MB/day\"}"))
			.matches((answer) -> answer.statusCode() == 400)
			.extracting(HttpResponse::body)
			.asString()
			.contains("The rate '10MB/day' is in bytes, but the scope 'anon' counts requests");
	}

	private static byte[] multipart(int length) {
		return ("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n" + "x".repeat(length)
				+ "\r\n--b--\r\n")
			.getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] gzip(byte[] bytes) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream output = new GZIPOutputStream(compressed)) {
			output.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return compressed.toByteArray();
	}

	private static byte[] concat(byte[] first, byte[] second) {
		ByteArrayOutputStream both = new ByteArrayOutputStream();
		both.writeBytes(first);
		both.writeBytes(second);
		return both.toByteArray();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, MultipartHandler.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(new ThrottleClock()).build();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@PostMapping("/read")
		String read(@RequestBody byte[] body) {
			return Integer.toString(body.length);
		}

		@PostMapping("/ignored")
		String ignored() {
			return "ignored";
		}

		@PostMapping("/form")
		String form(@ModelAttribute Form form) {
			return Integer.toString(form.name().length());
		}

		@PostMapping("/small")
		@Throttle(use = ScopedRateThrottle.class, scope = "small")
		String small(@RequestBody byte[] body) {
			return Integer.toString(body.length);
		}

	}

	record Form(String name) {

	}

}
