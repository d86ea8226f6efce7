package dev.throttle.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation in Markdown.
 *
 * @param file the file
 * @param lines its lines
 */
record Page(Path file, List<String> lines) {

	/** The root of the repository. */
	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*).*");

	/** Says why the next snippet is not run. */
	private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: (.+) -->");

	private static final Pattern HEADING = Pattern.compile("#{1,6} (.+)");

	private static final Pattern ANCHOR = Pattern.compile("<a (?:id|name)=\"([^\"]+)\">");

	/**
	 * Return all pages: those in the root, in {@code docs}, and one in each other folder
	 * that has one.
	 */
	static List<Page> all() {
		try (Stream<Path> files = Files.find(ROOT, 3,
				(file, attributes) -> file.getFileName().toString().endsWith(".md") && isOurs(ROOT.relativize(file)))) {
			return files.sorted().map(Page::read).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isOurs(Path file) {
		for (Path part : file) {
			if (part.toString().startsWith(".") || part.toString().equals("target")) {
				return false;
			}
		}
		return !file.startsWith(Path.of("benchmarks", "results"));
	}

	static Page read(Path file) {
		try {
			return new Page(file, Files.readAllLines(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the snippets of the page.
	 * @param languages those to return, as after the fence
	 */
	List<Snippet> snippets(String... languages) {
		List<Snippet> snippets = new ArrayList<>();
		String reason = null;
		int section = 0;
		for (int i = 0; i < this.lines.size(); i++) {
			Matcher fence = FENCE.matcher(this.lines.get(i));
			Matcher notRun = NOT_RUN.matcher(this.lines.get(i));
			if (notRun.matches()) {
				reason = notRun.group(1);
			}
			else if (fence.matches()) {
				int begin = i + 1;
				do {
					i++;
				}
				while (!this.lines.get(i).strip().equals("```"));
				if (List.of(languages).contains(fence.group(1))) {
					snippets.add(new Snippet(this, begin + 1, section, fence.group(1),
							String.join("\n", this.lines.subList(begin, i)).stripIndent() + "\n", reason));
				}
				reason = null;
			}
			else if (!this.lines.get(i).isBlank()) {
				reason = null;
				section += HEADING.matcher(this.lines.get(i)).matches() ? 1 : 0;
			}
		}
		return snippets;
	}

	/**
	 * Return the lines outside of snippets.
	 */
	List<String> prose() {
		List<String> prose = new ArrayList<>();
		boolean inside = false;
		for (String line : this.lines) {
			if (FENCE.matcher(line).matches()) {
				inside = !inside;
			}
			else if (!inside) {
				prose.add(line);
			}
		}
		return prose;
	}

	/**
	 * Return the anchors of the page, as GitHub makes them from headings.
	 */
	List<String> anchors() {
		List<String> anchors = new ArrayList<>();
		Map<String, Integer> seen = new HashMap<>();
		for (String line : prose()) {
			Matcher heading = HEADING.matcher(line);
			if (heading.matches()) {
				String anchor = heading.group(1)
					.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
					.toLowerCase(Locale.ROOT)
					.replaceAll("[^\\p{L}\\p{N} _-]", "")
					.replace(' ', '-');
				Integer count = seen.merge(anchor, 1, Integer::sum);
				anchors.add((count == 1) ? anchor : anchor + "-" + (count - 1));
			}
			Matcher anchor = ANCHOR.matcher(line);
			while (anchor.find()) {
				anchors.add(anchor.group(1));
			}
		}
		return anchors;
	}

	@Override
	public String toString() {
		return ROOT.relativize(this.file).toString();
	}

}
