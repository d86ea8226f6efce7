package dev.throttle.sample.webflux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

import static dev.throttle.test.reactive.ThrottledExpectation.throttled;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample on a real server.
 */
@ThrottleTest
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Tag("integration")
class WebFluxSampleApplicationTests {

	private final WebTestClient client;

	WebFluxSampleApplicationTests(@Value("${local.server.port}") int port) {
		this.client = WebTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).build();
	}

	@Test
	void thirdUploadWithinAMinuteIsDenied(@Autowired ThrottleClock clock) {
		upload().expectStatus().isOk();
		upload().expectStatus().isOk();
		upload().expectAll(throttled().by("uploads").retryAfter(60));
		clock.advance(Duration.ofMinutes(1));
		upload().expectStatus().isOk();
	}

	@Test
	void defaultsApplyToEachHandler() {
		get("/articles").expectHeader()
			.valueEquals("X-RateLimit-Limit", "60")
			.expectBody(String.class)
			.isEqualTo("onetwo");
	}

	@Test
	void pingIsCountedByAddressAlone() {
		get("/ping").expectHeader().valueEquals("X-RateLimit-Limit", "600").expectBody(String.class).isEqualTo("pong");
	}

	@Test
	void requestsToUnknownPathsAreCountedByAddress() {
		get("/wp-login.php").expectHeader().valueEquals("X-RateLimit-Limit", "600").expectStatus().isNotFound();
	}

	@Test
	void openApiDocumentShowsTheLimits() {
		String document = get("/v3/api-docs").expectBody(String.class).returnResult().getResponseBody();
		SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(document);
		assertThat(parsed.getMessages()).isEmpty();
		Paths paths = parsed.getOpenAPI().getPaths();
		Operation upload = paths.get("/uploads").getPost();
		assertThat(upload.getDescription()).contains("At most 2 requests in any minute (scope uploads)");
		assertThat(upload.getResponses().get("429").getHeaders()).containsKeys("Retry-After", "X-RateLimit-Limit");
		assertThat(paths.get("/ping").getGet().getDescription())
			.isEqualTo("At most 600 requests in any minute (scope address, before authentication).");
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

	private ResponseSpec get(String path) {
		return this.client.get().uri(path).exchange();
	}

	private ResponseSpec upload() {
		return this.client.post().uri("/uploads").exchange();
	}

}
