package dev.throttle.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands. Those of README run in the tests of {@code quickstart}.
 */
class ShellSnippetTests {

	private static final Pattern MODULES = Pattern.compile("-pl ([\\w,/.-]+)");

	static Stream<Snippet> snippets() {
		return Page.all().stream().flatMap((page) -> page.snippets("sh", "console").stream());
	}

	@ParameterizedTest
	@MethodSource("snippets")
	void everyCommandIsOneThatTheShellUnderstands(Snippet snippet) throws IOException, InterruptedException {
		Process shell = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
		try (var input = shell.getOutputStream()) {
			input.write(commands(snippet).getBytes(StandardCharsets.UTF_8));
		}
		String errors = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(shell.waitFor()).as(errors).isZero();
	}

	@ParameterizedTest
	@MethodSource("snippets")
	void everyModuleOfACommandExists(Snippet snippet) {
		MODULES.matcher(commands(snippet))
			.results()
			.flatMap((match) -> Stream.of(match.group(1).split(",")))
			.forEach((module) -> assertThat(Files.exists(Page.ROOT.resolve(module).resolve("pom.xml"))).as(module)
				.isTrue());
	}

	@ParameterizedTest
	@MethodSource("snippets")
	void everyCommandThatIsNotRunSaysWhy(Snippet snippet) {
		assertThat(snippet.notRun() != null
				|| snippet.page().file().endsWith("README.md") && snippet.page().file().getParent().equals(Page.ROOT)
				|| snippet.page().file().endsWith("docs/getting-started.md"))
			.as("runs in a test, or is preceded by <!-- not run: reason -->")
			.isTrue();
	}

	/**
	 * Return the lines to type: of a console, those after the prompt and their
	 * continuations.
	 */
	private static String commands(Snippet snippet) {
		if (snippet.language().equals("sh")) {
			return snippet.text();
		}
		StringBuilder commands = new StringBuilder();
		boolean continued = false;
		for (String line : snippet.text().lines().toList()) {
			if (line.startsWith("$ ") || continued) {
				commands.append(continued ? line : line.substring(2)).append('\n');
				continued = line.endsWith("\\");
			}
		}
		return commands.toString();
	}

}
