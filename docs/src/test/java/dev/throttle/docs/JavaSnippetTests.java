package dev.throttle.docs;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Snippets in Java.
 */
class JavaSnippetTests {

	static Stream<Snippet> snippets() {
		return Page.all()
			.stream()
			.flatMap((page) -> page.snippets("java").stream())
			.filter((snippet) -> snippet.notRun() == null);
	}

	@ParameterizedTest
	@MethodSource("snippets")
	void everySnippetCompiles(Snippet snippet, @TempDir Path folder) {
		assertThat(new SnippetCompiler(folder).compile(snippet)).isEmpty();
	}

}
