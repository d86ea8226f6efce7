package dev.throttle.sample.upload;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.sample.RawRequest;
import dev.throttle.sample.Sample;
import dev.throttle.sample.Visitor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads cost by their size, over HTTP.
 */
@Tag("integration")
class UploadTests {

	private static final AtomicInteger ADDRESSES = new AtomicInteger();

	private static Sample sample;

	private final String address = "203.0.113." + ADDRESSES.incrementAndGet();

	@BeforeAll
	static void start() {
		sample = Sample.start("--throttle.rates.anon=1000/min", "--throttle.rates.user=1000/min",
				"--throttle.rates.uploads=6/min", "--throttle.rates.uploads-bytes=1000/day",
				"--throttle.client.num-proxies=1");
	}

	@AfterAll
	static void close() {
		sample.close();
	}

	@Test
	void uploadsAreCountedByTheirBytesBesideTheirNumber() {
		Visitor alice = sample.visitor().as("alice", "alice");
		assertThat(upload(alice, 600).body()).contains("\"size\":600");
		HttpResponse<String> denied = upload(alice, 401);
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().allValues("Retry-After")).containsExactly("86400");
		assertThat(denied.body()).contains("\"violated-policies\":[\"uploads-bytes\"]");
		assertThat(upload(alice, 400).statusCode()).isEqualTo(201);
		assertThat(upload(alice, 1).statusCode()).isEqualTo(429);
		Visitor bob = sample.visitor().as("bob", "bob");
		for (int i = 0; i < 6; i++) {
			assertThat(upload(bob, 1).statusCode()).isEqualTo(201);
		}
		HttpResponse<String> tooMany = upload(bob, 1);
		assertThat(tooMany.statusCode()).isEqualTo(429);
		assertThat(tooMany.body()).contains("\"violated-policies\":[\"uploads\"]");
	}

	@Test
	void uploadAboveTheLimitIsRefusedBeforeItIsSentAndSaysThatWaitingDoesNotHelp() throws Exception {
		try (RawRequest request = post("Content-Length: 1001", "")) {
			assertThat(request.answer()).startsWith("HTTP/1.1 429")
				.doesNotContain("Retry-After")
				.contains("Content-Type: application/problem+json")
				.contains("\"detail\":\"Request was throttled. The limit never allows it, so waiting does not help.\"")
				.contains("\"violated-policies\":[\"uploads-bytes\"]");
		}
		assertThat(upload(visitor(), 1000).statusCode()).as("nothing was recorded").isEqualTo(201);
	}

	@Test
	void uploadOfUnknownLengthIsRefused() {
		HttpResponse<String> chunked = visitor().send("POST", "/uploads",
				BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[5000])));
		assertThat(chunked.statusCode()).isEqualTo(411);
		assertThat(chunked.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(upload(visitor(), 999).statusCode()).as("costs one byte").isEqualTo(201);
	}

	@Test
	void lengthBesideChunksIsNotBelieved() throws Exception {
		String lines = "Content-Length: 1\nTransfer-Encoding: chunked";
		try (RawRequest request = post(lines, "a\r\n0123456789\r\n0\r\n\r\n")) {
			assertThat(request.answer()).doesNotStartWith("HTTP/1.1 2");
		}
	}

	@Test
	void noMoreIsReadThanWasAnnounced() throws Exception {
		try (RawRequest request = post("Content-Length: 5", "0123456789")) {
			assertThat(request.answer()).startsWith("HTTP/1.1 201")
				.contains("\"size\":5,")
				.containsOnlyOnce("HTTP/1.1");
		}
		assertThat(upload(visitor(), 996).statusCode()).isEqualTo(429);
		assertThat(upload(visitor(), 995).statusCode()).isEqualTo(201);
	}

	@Test
	void uploadThatIsBrokenOffCostsWhatItAnnounced() throws Exception {
		try (RawRequest request = post("Content-Length: 500", "0123456789")) {
			request.end();
			assertThat(request.answer()).doesNotContain("HTTP/1.1 2", "\tat ");
		}
		assertThat(upload(visitor(), 501).statusCode()).isEqualTo(429);
		assertThat(upload(visitor(), 500).statusCode()).isEqualTo(201);
	}

	@Test
	void negativeAndAbsurdLengthsAreRefused() throws Exception {
		for (String length : new String[] { "-1", "99999999999999999999", "x", "5, 6" }) {
			try (RawRequest request = post("Content-Length: " + length, "")) {
				assertThat(request.answer()).as(length)
					.startsWith("HTTP/1.1 400")
					.containsIgnoringCase("Content-Type: application/problem+json");
			}
		}
		try (RawRequest request = post("Content-Length: " + Long.MAX_VALUE, "")) {
			assertThat(request.answer()).startsWith("HTTP/1.1 429");
		}
	}

	@Test
	void formIsCountedAsTheBytesThatItIs() {
		HttpResponse<String> form = visitor().with("Content-Type", "application/x-www-form-urlencoded")
			.send("POST", "/uploads", BodyPublishers.ofString("hello=1"));
		assertThat(form.body()).contains("\"size\":7,");
		assertThat(visitor().send("POST", "/uploads").body()).contains("\"size\":0,");
	}

	/**
	 * Return a visitor from an address that no other test uses.
	 */
	private Visitor visitor() {
		return sample.visitor().with("X-Forwarded-For", this.address);
	}

	private RawRequest post(String headers, String body) throws IOException {
		return RawRequest.send(visitor().port(),
				"POST /uploads HTTP/1.1\nX-Forwarded-For: " + this.address + "\n" + headers, body);
	}

	private static HttpResponse<String> upload(Visitor visitor, int size) {
		return visitor.send("POST", "/uploads",
				BodyPublishers.ofByteArray("a".repeat(size).getBytes(StandardCharsets.US_ASCII)));
	}

}
