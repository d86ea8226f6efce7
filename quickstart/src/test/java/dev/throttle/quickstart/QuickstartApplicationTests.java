package dev.throttle.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Tag("integration")
class QuickstartApplicationTests {

	private static final Pattern CONSOLE = Pattern.compile("(?s)```console\n\\$ ([^\n]+)\n(.*?)\n```");

	@Value("${local.server.port}")
	private int port;

	@Test
	void commandsOfReadmePrintWhatItShows() throws Exception {
		Matcher console = CONSOLE.matcher(Files.readString(Path.of("../README.md")));
		assertThat(console.find()).isTrue();
		String printed = run(console.group(1).replace("localhost:8080", "localhost:" + this.port));
		String[] shown = withoutTimes(console.group(2)).split("\n\n", 2);
		assertThat(withoutTimes(printed).split("\n")).contains(shown[0].split("\n"));
		assertThat(withoutTimes(printed)).endsWith("\n\n" + shown[1].replace("\n ", ""));
	}

	@Test
	void gettingStartedShowsTheSame() throws IOException {
		Matcher console = CONSOLE.matcher(Files.readString(Path.of("../README.md")));
		assertThat(console.find()).isTrue();
		assertThat(Path.of("../docs/getting-started.md")).content().contains(console.group());
	}

	@Test
	void openApiDocumentShowsTheLimits() throws Exception {
		String document = run("curl -s localhost:" + this.port + "/v3/api-docs");
		SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(document);
		assertThat(parsed.getMessages()).isEmpty();
		Operation upload = parsed.getOpenAPI().getPaths().get("/uploads").getPost();
		assertThat(upload.getDescription()).contains("At most 2 requests in any minute (scope uploads)");
		assertThat(upload.getResponses().get("429").getHeaders()).containsKeys("Retry-After", "X-RateLimit-Limit");
	}

	private static String run(String command) throws IOException, InterruptedException {
		Process shell = new ProcessBuilder("bash", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(shell.waitFor()).isZero();
		return output.replace(" \r", "").replace("\r", "").strip();
	}

	private static String withoutTimes(String text) {
		return text.replaceAll("(Reset: )\\d+", "$1...").replaceAll("(Retry-After: |available in )(59|60)", "$1...");
	}

}
