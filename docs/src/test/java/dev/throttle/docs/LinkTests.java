package dev.throttle.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Links between pages, and to files of the repository.
 */
class LinkTests {

	private static final Pattern LINK = Pattern.compile("]\\(<?([^)\\s>]+)>?\\)");

	static Stream<Page> pages() {
		return Page.all().stream();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyLinkLeadsToAFileAndAHeading(Page page) {
		List<String> broken = new ArrayList<>();
		for (String line : page.prose()) {
			Matcher link = LINK.matcher(line.replaceAll("`[^`]*`", ""));
			while (link.find()) {
				if (!leadsSomewhere(page, link.group(1))) {
					broken.add(link.group(1));
				}
			}
		}
		assertThat(broken).isEmpty();
	}

	private static boolean leadsSomewhere(Page page, String link) {
		if (link.startsWith("http://") || link.startsWith("https://")) {
			return true;
		}
		String[] parts = link.split("#", 2);
		Path file = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
		return Files.exists(file) && (parts.length == 1 || Page.read(file).anchors().contains(parts[1]));
	}

	@Test
	void everyPageOfTheFolderIsLinkedFromReadme() {
		Page readme = Page.read(Page.ROOT.resolve("README.md"));
		for (Page page : Page.all()) {
			if (page.file().getParent().endsWith("docs")) {
				assertThat(String.join("\n", readme.lines())).contains("(" + page + ")");
			}
		}
	}

}
