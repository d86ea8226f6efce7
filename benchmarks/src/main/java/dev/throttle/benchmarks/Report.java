package dev.throttle.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a part of the benchmarks measured, and on what.
 */
public final class Report {

	private final StringBuilder text = new StringBuilder();

	/**
	 * Create a report.
	 * @param title the title
	 * @param software the versions of what was measured
	 */
	public Report(String title, String software) {
		add("# " + title + "\n");
		add("Cores: " + Runtime.getRuntime().availableProcessors() + ". Load of the machine at the start: "
				+ String.format(Locale.ROOT, "%.1f",
						ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
				+ ". JDK: " + System.getProperty("java.vm.version") + ". " + software + "\n");
	}

	/**
	 * Add a paragraph or a table, and print it.
	 * @param part the part
	 */
	public void add(Object part) {
		System.out.println(part);
		this.text.append(part).append('\n');
	}

	void write(Path file) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		Files.writeString(file, this.text.toString().stripTrailing() + "\n");
		System.out.println("Written to " + file);
	}

}
