package dev.throttle.sample.webflux;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample on a real server.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Tag("integration")
class WebFluxSampleApplicationTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@Value("${local.server.port}")
	private int port;

	@Test
	void thirdUploadWithinAMinuteIsDenied() throws Exception {
		assertThat(upload().statusCode()).isEqualTo(200);
		assertThat(upload().statusCode()).isEqualTo(200);
		HttpResponse<String> denied = upload();
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 60L);
		assertThat(denied.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(denied.body()).contains("\"violated-policies\":[\"uploads\"]");
	}

	@Test
	void defaultsApplyToEachHandler() throws Exception {
		HttpResponse<String> response = get("/articles");
		assertThat(response.body()).isEqualTo("onetwo");
		assertThat(response.headers().firstValue("X-RateLimit-Limit")).hasValue("60");
	}

	@Test
	void pingIsCountedByAddressAlone() throws Exception {
		HttpResponse<String> response = get("/ping");
		assertThat(response.body()).isEqualTo("pong");
		assertThat(response.headers().firstValue("X-RateLimit-Limit")).hasValue("600");
	}

	@Test
	void requestsToUnknownPathsAreCountedByAddress() throws Exception {
		HttpResponse<String> response = get("/wp-login.php");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.headers().firstValue("X-RateLimit-Limit")).hasValue("600");
	}

	@Test
	void documentationShowsTheseHandlersAndRates() throws IOException {
		String page = Files.readString(Path.of("../docs/getting-started.md"));
		String start = page.substring(page.indexOf("## Set limits"));
		assertThat(words(Files.readString(Path.of("src/main/resources/application.yml"))))
			.startsWith(words(block(start, "yaml")));
		String handlers = block(start, "java").lines()
			.filter((line) -> !line.startsWith("import "))
			.collect(Collectors.joining("\n"));
		assertThat(words(Files.readString(Path.of("src/main/java/dev/throttle/sample/webflux/UploadController.java"))))
			.contains(words(handlers));
	}

	private static String block(String text, String language) {
		String rest = text.substring(text.indexOf("```" + language) + 3 + language.length());
		return rest.substring(0, rest.indexOf("```"));
	}

	private static String words(String text) {
		return text.strip().replaceAll("\\s+", " ");
	}

	private HttpResponse<String> get(String path) throws Exception {
		return CLIENT.send(request(path).build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> upload() throws Exception {
		return CLIENT.send(request("/uploads").POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path));
	}

}
