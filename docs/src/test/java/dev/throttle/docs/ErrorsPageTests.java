package dev.throttle.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.handler.Mistake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of errors, to which failures at startup link.
 */
class ErrorsPageTests {

	private static final Page PAGE = Page.read(Page.ROOT.resolve("docs/errors.md"));

	/** What differs between two messages of one kind. */
	private static final Pattern VARIABLE = Pattern.compile(
			"'[^']*'|@Throttle on \\S+|com\\.example\\.\\S+|\\(did .*|\\d+|throttle-redis is|key|authority|[.:;]|, (but|which)");

	private static final String SOURCES = Stream.of("throttle-core", "throttle-autoconfigure")
		.map(ErrorsPageTests::read)
		.collect(Collectors.joining());

	@Test
	void everyKindHasOneHeading() {
		List<String> headings = PAGE.prose()
			.stream()
			.filter((line) -> line.startsWith("### "))
			.map((line) -> line.substring(4).toLowerCase(Locale.ROOT).replace(' ', '-'))
			.toList();
		assertThat(headings)
			.containsExactlyInAnyOrderElementsOf(Stream.of(Mistake.values()).map(Mistake::anchor).toList());
		assertThat(PAGE.anchors()).containsAll(headings);
	}

	@Test
	void everyKindShowsAMessage() {
		assertThat(messages()).hasSize(Mistake.values().length);
	}

	@ParameterizedTest
	@MethodSource("messages")
	void everyMessageIsOneOfTheLibrary(String message) {
		assertThat(VARIABLE.split(message)).filteredOn((part) -> part.strip().contains(" "))
			.isNotEmpty()
			.filteredOn((part) -> !SOURCES.contains(part.strip()))
			.isEmpty();
	}

	static List<String> messages() {
		return PAGE.snippets("").stream().map((snippet) -> snippet.text().strip()).toList();
	}

	/**
	 * Return the sources of a module, with the parts of each message joined.
	 */
	private static String read(String module) {
		try (Stream<Path> files = Files.walk(Page.ROOT.resolve(module).resolve("src/main/java"))) {
			StringBuilder sources = new StringBuilder();
			for (Path file : files.filter((each) -> each.toString().endsWith(".java")).toList()) {
				sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
			}
			return sources.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
