package dev.throttle.sample.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The queries of the panels by title, for all applications and instances.
 */
record Dashboard(Map<String, List<String>> panels) {

	static Dashboard read(Path file) throws IOException {
		List<Map<String, Object>> panels = JsonPath.read(Files.readString(file), "$.panels[*]");
		Map<String, List<String>> queries = new LinkedHashMap<>();
		for (Map<String, Object> panel : panels) {
			List<String> expressions = JsonPath.read(panel, "$.targets[*].expr");
			queries.put(JsonPath.read(panel, "$.title"),
					expressions.stream().map(Dashboard::withoutVariables).toList());
		}
		return new Dashboard(queries);
	}

	private static String withoutVariables(String expression) {
		String query = expression.replace("$job", ".*").replace("$instance", ".*").replace("$__rate_interval", "1m");
		assertThat(query).doesNotContain("$");
		return query;
	}

	/**
	 * Return the queries of one panel.
	 */
	List<String> panel(String title) {
		assertThat(this.panels).containsKey(title);
		return this.panels.getOrDefault(title, List.of());
	}

}
