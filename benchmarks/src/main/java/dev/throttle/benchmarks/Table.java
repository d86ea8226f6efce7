package dev.throttle.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table with a title.
 */
public final class Table {

	private final String title;

	private final List<List<String>> rows = new ArrayList<>();

	/**
	 * Create a table.
	 * @param title the title
	 * @param columns what stands above the columns
	 */
	public Table(String title, List<String> columns) {
		this.title = title;
		this.rows.add(List.copyOf(columns));
	}

	/**
	 * Add a row.
	 * @param cells its cells
	 */
	public void add(List<String> cells) {
		if (cells.size() != this.rows.get(0).size()) {
			throw new IllegalArgumentException("The table has " + this.rows.get(0).size() + " columns, not " + cells);
		}
		this.rows.add(List.copyOf(cells));
	}

	/**
	 * Write the table in Markdown, with columns of one width.
	 */
	@Override
	public String toString() {
		int[] widths = new int[this.rows.get(0).size()];
		for (List<String> row : this.rows) {
			for (int i = 0; i < widths.length; i++) {
				widths[i] = Math.max(widths[i], row.get(i).length());
			}
		}
		StringBuilder text = new StringBuilder("## ").append(this.title).append("\n\n");
		append(this.rows.get(0), widths, text);
		append(Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths, text);
		this.rows.stream().skip(1).forEach((row) -> append(row, widths, text));
		return text.toString();
	}

	private static void append(List<String> row, int[] widths, StringBuilder text) {
		for (int i = 0; i < widths.length; i++) {
			text.append("| ").append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 1));
		}
		text.append("|\n");
	}

}
