package dev.throttle.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A drawing of lines over logarithmic axes, readable on a light and on a dark ground.
 */
public final class Plot {

	private static final int WIDTH = 760;

	private static final int HEIGHT = 400;

	private static final int LEFT = 70;

	private static final int RIGHT = 260;

	private static final int TOP = 50;

	private static final int BOTTOM = 40;

	private static final int MIN_LABEL_DISTANCE = 16;

	private static final List<String> LIGHT = List.of("#57606a", "#0b5cad", "#b35900", "#1a7f37");

	private static final List<String> DARK = List.of("#a0a8b0", "#6cb6ff", "#ffa657", "#56d364");

	private final Map<String, List<Double>> lines = new LinkedHashMap<>();

	private final String title;

	private final List<Long> values;

	/**
	 * Create a plot.
	 * @param title the title
	 * @param values the values of the lower axis, ascending
	 */
	public Plot(String title, List<Long> values) {
		this.title = title;
		this.values = values;
	}

	/**
	 * Add a line.
	 * @param name its name
	 * @param points its height at each value, positive
	 */
	public void add(String name, List<Double> points) {
		this.lines.put(name, points);
	}

	/**
	 * Write the plot as SVG.
	 * @param file the file
	 * @throws IOException if it cannot be written
	 */
	public void write(Path file) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		Files.writeString(file, svg());
	}

	private String svg() {
		double least = Math.pow(10, Math.floor(Math.log10(extreme(false))));
		double greatest = Math.pow(10, Math.ceil(Math.log10(extreme(true))));
		StringBuilder svg = new StringBuilder();
		svg.append(String.format(Locale.ROOT,
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
				WIDTH, HEIGHT, this.title));
		svg.append("<style>\n").append(style(LIGHT, "#ffffff", "#1f2328", "#d0d7de"));
		svg.append("@media (prefers-color-scheme: dark) {\n")
			.append(style(DARK, "#0d1117", "#e6edf3", "#3d444d"))
			.append("}\n</style>\n");
		svg.append(String.format(Locale.ROOT, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>%n", WIDTH, HEIGHT));
		text(svg, LEFT, 24, "start", "ink", this.title);
		for (double height = least; height <= greatest * 1.01; height *= 10) {
			double y = y(height, least, greatest);
			svg.append(String.format(Locale.ROOT,
					"<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n", LEFT, y, WIDTH - RIGHT, y));
			text(svg, LEFT - 8, y + 4, "end", "ink", String.format(Locale.ROOT, "%.0f", height));
		}
		for (long value : this.values) {
			text(svg, x(value), HEIGHT - BOTTOM + 20.0, "middle", "ink", String.format(Locale.ROOT, "%,d", value));
		}
		lines(svg, least, greatest);
		return svg.append("</svg>\n").toString();
	}

	private void lines(StringBuilder svg, double least, double greatest) {
		int line = 0;
		double[] labels = labels(least, greatest);
		for (Map.Entry<String, List<Double>> entry : this.lines.entrySet()) {
			StringBuilder points = new StringBuilder();
			for (int i = 0; i < this.values.size(); i++) {
				points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(this.values.get(i)),
						y(entry.getValue().get(i), least, greatest)));
			}
			svg.append("<polyline class=\"line").append(line).append("\" points=\"").append(points).append("\"/>\n");
			text(svg, WIDTH - RIGHT + 10.0, labels[line] + 4, "start", "name" + line, entry.getKey());
			line++;
		}
	}

	/**
	 * Return the heights of the names, so that none lies on another.
	 */
	private double[] labels(double least, double greatest) {
		List<Double> ends = this.lines.values()
			.stream()
			.map((points) -> y(points.get(points.size() - 1), least, greatest))
			.toList();
		double[] labels = new double[ends.size()];
		List<Integer> order = IntStream.range(0, ends.size())
			.boxed()
			.sorted((one, other) -> Double.compare(ends.get(one), ends.get(other)))
			.toList();
		double above = TOP - MIN_LABEL_DISTANCE;
		for (int index : order) {
			labels[index] = Math.max(ends.get(index), above + MIN_LABEL_DISTANCE);
			above = labels[index];
		}
		return labels;
	}

	private double extreme(boolean greatest) {
		return this.lines.values()
			.stream()
			.flatMap(List::stream)
			.mapToDouble(Double::doubleValue)
			.reduce(greatest ? Math::max : Math::min)
			.orElseThrow();
	}

	private double x(long value) {
		double first = Math.log(this.values.get(0).doubleValue());
		double last = Math.log(this.values.get(this.values.size() - 1).doubleValue());
		return LEFT + 20 + (Math.log((double) value) - first) / (last - first) * (WIDTH - LEFT - RIGHT - 40);
	}

	private static double y(double height, double least, double greatest) {
		double share = Math.log(height / least) / Math.log(greatest / least);
		return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
	}

	private static void text(StringBuilder svg, double x, double y, String anchor, String style, String text) {
		svg.append(String.format(Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
				style, x, y, anchor, text));
	}

	private static String style(List<String> colors, String ground, String ink, String grid) {
		StringBuilder style = new StringBuilder("text { font: 13px sans-serif; }\n");
		style.append(".ground { fill: ").append(ground).append("; }\n.ink { fill: ").append(ink);
		style.append("; }\n.grid { stroke: ").append(grid).append("; }\n");
		for (int i = 0; i < colors.size(); i++) {
			style.append(".line").append(i).append(" { fill: none; stroke-width: 2.5; stroke: ").append(colors.get(i));
			style.append("; }\n.name").append(i).append(" { fill: ").append(colors.get(i)).append("; }\n");
		}
		return style.toString();
	}

}
