package dev.throttle.drf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * A file of scenarios, one per line: the one that the system property {@value #PROPERTY}
 * names, else the public one.
 *
 * @param name the file's name, for a reader
 * @param isPublic whether it is the public one
 * @param scenarios the scenarios
 */
record ScenarioFile(String name, boolean isPublic, List<Scenario> scenarios) {

	static final String PROPERTY = "drf.scenarios";

	private static final String STARTED_IN = "build.started.in";

	private static final String PUBLIC_FILE = "/drf-oracle/drf-seed1.jsonl";

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	static ScenarioFile read() {
		String file = System.getProperty(PROPERTY, "");
		try {
			if (file.isBlank()) {
				InputStream resource = ScenarioFile.class.getResourceAsStream(PUBLIC_FILE);
				return read(PUBLIC_FILE, true, Objects.requireNonNull(resource));
			}
			Path path = find(Path.of(file));
			return read(path.toString(), false, Files.newInputStream(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read '" + file + "' of -D" + PROPERTY, ex);
		}
	}

	/**
	 * Return a file relative to the directory in which the build was started, else to the
	 * one in which the tests run, which is the module's, or one above that.
	 */
	private static Path find(Path file) {
		List<Path> directories = new ArrayList<>();
		directories.add(Path.of(System.getProperty(STARTED_IN, "")).toAbsolutePath());
		for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
			directories.add(above);
		}
		return directories.stream()
			.map((directory) -> directory.resolve(file).normalize())
			.filter(Files::isRegularFile)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"There is no file '" + file + "' of -D" + PROPERTY + " in " + directories));
	}

	private static ScenarioFile read(String name, boolean isPublic, InputStream stream) throws IOException {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
			List<Scenario> scenarios = reader.lines()
				.filter((line) -> !line.isBlank())
				.map(ScenarioFile::scenario)
				.toList();
			return new ScenarioFile(name, isPublic, scenarios);
		}
	}

	private static Scenario scenario(String line) {
		try {
			return MAPPER.readValue(line, Scenario.class);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("Not a scenario: " + line.substring(0, Math.min(80, line.length())), ex);
		}
	}

	int steps() {
		return this.scenarios.stream().mapToInt((scenario) -> scenario.steps().size()).sum();
	}

}
