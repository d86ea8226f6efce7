package dev.throttle.docs;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.autoconfigure.OutgoingProperties;
import dev.throttle.autoconfigure.PlanProperties;
import dev.throttle.autoconfigure.ScopeProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of all properties. Its first table is made from the metadata that editors
 * show. To write it anew, run this test with {@code -Ddocs.write=true}.
 */
class PropertiesPageTests {

	private static final String BEGIN = "<!-- made from the metadata -->";

	private static final String END = "<!-- end of what is made -->";

	private final Page page = Page.read(Page.ROOT.resolve("docs/properties.md"));

	@Test
	void tableIsThatOfTheMetadata() throws IOException {
		String text = String.join("\n", this.page.lines()) + "\n";
		String made = text.replaceFirst("(?s)" + Pattern.quote(BEGIN) + ".*" + Pattern.quote(END),
				BEGIN + "\n" + table().replace("\\", "\\\\").replace("$", "\\$") + END);
		if (Boolean.getBoolean("docs.write")) {
			Files.writeString(this.page.file(), made);
			text = made;
		}
		assertThat(text).isEqualTo(made);
	}

	@ParameterizedTest
	@MethodSource("tables")
	void otherTableHasAllPropertiesOfItsKind(String prefix, Class<?> type) {
		List<String> names = this.page.lines()
			.stream()
			.dropWhile((line) -> !line.startsWith("| `" + prefix + "`"))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.map((line) -> line.split("`")[1].replaceFirst("[.].*", ""))
			.toList();
		assertThat(names).containsExactlyInAnyOrderElementsOf(Stream.of(BeanUtils.getPropertyDescriptors(type))
			.map(PropertyDescriptor::getName)
			.filter((name) -> !name.equals("class"))
			.map(PropertiesPageTests::dashed)
			.toList());
	}

	static Stream<Arguments> tables() {
		return Stream.of(Arguments.of("throttle.scopes.<scope>.", ScopeProperties.class),
				Arguments.of("throttle.plans.<plan>.", PlanProperties.class),
				Arguments.of("throttle.outgoing.<name>.", OutgoingProperties.class));
	}

	private static String dashed(String name) {
		return ConfigurationPropertyName.adapt(name.replaceAll("([a-z0-9])([A-Z])", "$1-$2"), '.').toString();
	}

	private static String table() throws IOException {
		Map<String, String> rows = new TreeMap<>();
		List<URL> files = Collections.list(
				PropertiesPageTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
		for (URL file : files) {
			try (InputStream input = file.openStream()) {
				for (JsonNode property : new ObjectMapper().readTree(input).get("properties")) {
					String name = property.get("name").asText();
					if (name.startsWith("throttle.")) {
						rows.put(name, row(name, property));
					}
				}
			}
		}
		return "| property | default | |\n| --- | --- | --- |\n" + String.join("", rows.values());
	}

	private static String row(String name, JsonNode property) {
		JsonNode standard = property.get("defaultValue");
		List<String> values = new ArrayList<>();
		if (standard != null) {
			(standard.isArray() ? standard : List.of(standard)).forEach((value) -> values.add(value.asText()));
		}
		String text = Objects.requireNonNull(property.get("description"), name).asText();
		return "| `" + name + "` | "
				+ values.stream().map((value) -> "`" + value + "`").collect(Collectors.joining(", ")) + " | "
				+ text.replace("|", "\\|").replace("*", "\\*") + " |\n";
	}

}
