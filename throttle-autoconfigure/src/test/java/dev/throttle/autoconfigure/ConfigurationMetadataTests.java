package dev.throttle.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.BaseThrottle;
import dev.throttle.Rate;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what an IDE is told about the properties.
 */
class ConfigurationMetadataTests {

	private static final JsonNode METADATA = read();

	@Test
	void everyPropertyIsThere() {
		assertThat(names("properties")).filteredOn((name) -> name.startsWith("throttle."))
			.containsExactlyElementsOf(new TreeSet<>(properties("throttle", ThrottleProperties.class).toList()));
	}

	@Test
	void everyPropertyHasATypeAndADescription() {
		for (JsonNode property : METADATA.get("properties")) {
			String name = property.get("name").asText();
			assertThat(property.path("type").asText()).as("type of %s", name).isNotEmpty();
			assertThat(property.path("description").asText()).as("description of %s", name)
				.matches("[A-Z].*\\.")
				.doesNotStartWith("The ")
				.doesNotStartWith("A ")
				.doesNotContain("{@");
			if (property.path("type").asText().equals("java.lang.Boolean")) {
				assertThat(property.get("description").asText()).as("description of %s", name)
					.startsWith("Whether to ");
			}
		}
	}

	@Test
	void defaultsAreThoseInForce() {
		assertThat(defaultOf("throttle.enabled")).isEqualTo("true");
		assertThat(defaultOf("management.health.throttle.enabled")).isEqualTo("true");
		assertThat(defaultOf("throttle.calendar-zone")).isEqualTo("UTC");
		assertThat(defaultOf("throttle.retry-after-jitter")).isEqualTo("0%");
		assertThat(defaultOf("throttle.accounting")).isEqualTo("all-or-nothing");
		assertThat(defaultOf("throttle.headers")).isEqualTo("x-ratelimit");
		assertThat(defaultOf("throttle.exception-handlers")).isEqualTo("specific");
		assertThat(defaultOf("throttle.client.ipv6-prefix")).isEqualTo("64");
		assertThat(defaultOf("throttle.redis.timeout")).isEqualTo("100ms");
		assertThat(defaultOf("throttle.redis.known-denials")).isEqualTo("1s");
		assertThat(defaultOf("throttle.on-failure")).isEqualTo("local");
		assertThat(defaultOf("throttle.redis.hash-idents")).isEqualTo("false");
		assertThat(defaultOf("throttle.jdbc.timeout")).isEqualTo("250ms");
		assertThat(defaultOf("throttle.jdbc.known-denials")).isEqualTo("1s");
		assertThat(defaultOf("throttle.jdbc.hash-idents")).isEqualTo("false");
		assertThat(defaultOf("throttle.jdbc.table-prefix")).isEqualTo("throttle_");
		assertThat(defaultOf("throttle.jdbc.initialize-schema")).isEqualTo("embedded");
		assertThat(defaultOf("throttle.jdbc.unlogged")).isEqualTo("false");
		assertThat(defaultOf("throttle.jdbc.maximum-pool-size")).isEqualTo("5");
		assertThat(defaultOf("throttle.http-client.retry.enabled")).isEqualTo("false");
		assertThat(defaultOf("throttle.http-client.retry.max-retries")).isEqualTo("3");
		assertThat(defaultOf("throttle.http-client.retry.max-wait")).isEqualTo("30s");
		assertThat(defaultOf("throttle.http-client.retry.budget")).isEqualTo("10%");
		assertThat(defaultOf("throttle.memory.max-clients"))
			.isEqualTo(Integer.toString(MemoryCacheBackend.DEFAULT_MAX_CLIENTS));
		assertThat(defaultOf("throttle.memory.max-entries"))
			.isEqualTo(Long.toString(MemoryCacheBackend.DEFAULT_MAX_ENTRIES));
	}

	@Test
	void hintsAreThere() {
		assertThat(names("hints")).containsExactly("throttle.defaults", "throttle.filter.throttles", "throttle.headers",
				"throttle.jdbc.data-source", "throttle.on-failure", "throttle.rates.keys", "throttle.rates.values",
				"throttle.scopes.keys");
		for (String beans : List.of("throttle.defaults", "throttle.filter.throttles")) {
			assertThat(hint(beans).at("/providers/0/name").asText()).isEqualTo("spring-bean-reference");
			assertThat(hint(beans).at("/providers/0/parameters/target").asText())
				.isEqualTo(BaseThrottle.class.getName());
		}
		assertThat(hint("throttle.jdbc.data-source").at("/providers/0/parameters/target").asText())
			.isEqualTo("javax.sql.DataSource");
		for (String keys : List.of("throttle.rates.keys", "throttle.scopes.keys")) {
			assertThat(hint(keys).findValuesAsText("value")).containsExactly("address", "anon", "api-key", "user");
			assertThat(hint(keys).at("/providers/0/name").asText()).isEqualTo("any");
		}
		assertThat(hint("throttle.rates.values").at("/providers/0/name").asText()).isEqualTo("any");
	}

	@Test
	void ratesThatAreProposedAreRates() {
		List<String> proposed = hint("throttle.rates.values").findValuesAsText("value");
		assertThat(proposed).isNotEmpty().allSatisfy((rate) -> assertThat(Rate.parseAll(rate)).isNotEmpty());
	}

	@Test
	void valuesThatAreProposedAreAllThereAre() {
		assertThat(hint("throttle.headers").findValuesAsText("value"))
			.containsExactlyElementsOf(spelled(ThrottleProperties.Headers.values()));
		assertThat(hint("throttle.on-failure").findValuesAsText("value"))
			.containsExactlyElementsOf(spelled(OnFailure.values()));
	}

	@Test
	void hintsHaveDescriptions() {
		METADATA.get("hints")
			.forEach((hint) -> hint.path("values")
				.forEach((value) -> assertThat(value.get("description").asText()).as("description of %s", value)
					.matches("[A-Z0-9].*\\.")));
	}

	@Test
	void scopesAreNamedByKeysAndDescribedByAClass() {
		assertThat(find("properties", "throttle.scopes").get("type").asText())
			.isEqualTo("java.util.Map<java.lang.String," + ScopeProperties.class.getName() + ">");
		assertThat(find("properties", "throttle.scopes").get("description").asText())
			.contains(properties("", ScopeProperties.class).map((name) -> '"' + name.substring(1) + '"').toList());
	}

	@Test
	void plansAreNamedByKeysAndDescribedByAClass() {
		assertThat(find("properties", "throttle.plans").get("type").asText())
			.isEqualTo("java.util.Map<java.lang.String," + PlanProperties.class.getName() + ">");
		assertThat(find("properties", "throttle.plans").get("description").asText())
			.contains(properties("", PlanProperties.class).map((name) -> '"' + name.substring(1) + '"').toList());
	}

	@Test
	void outgoingLimitsAreNamedByKeysAndDescribedByAClass() {
		assertThat(find("properties", "throttle.outgoing").get("type").asText())
			.isEqualTo("java.util.Map<java.lang.String," + OutgoingProperties.class.getName() + ">");
		assertThat(find("properties", "throttle.outgoing").get("description").asText())
			.contains(properties("", OutgoingProperties.class).map((name) -> '"' + name.substring(1) + '"').toList());
	}

	private static List<String> spelled(Enum<?>[] values) {
		return Stream.of(values).map((value) -> value.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList();
	}

	private static Stream<String> properties(String prefix, Class<?> type) {
		return Stream.of(BeanUtils.getPropertyDescriptors(type))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap((property) -> {
				String name = prefix + "." + ConfigurationPropertyName.adapt(dashed(property.getName()), '.');
				return isNested(property.getPropertyType()) ? properties(name, property.getPropertyType())
						: Stream.of(name);
			});
	}

	private static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	private static boolean isNested(Class<?> type) {
		return type.getPackageName().equals(ThrottleProperties.class.getPackageName()) && !type.isEnum();
	}

	private static String defaultOf(String name) {
		return find("properties", name).path("defaultValue").asText();
	}

	private static JsonNode hint(String name) {
		return find("hints", name);
	}

	private static JsonNode find(String section, String name) {
		for (JsonNode item : METADATA.get(section)) {
			if (item.get("name").asText().equals(name)) {
				return item;
			}
		}
		throw new AssertionError("No " + name + " in " + section);
	}

	private static TreeSet<String> names(String section) {
		TreeSet<String> names = new TreeSet<>();
		METADATA.get(section).forEach((item) -> names.add(item.get("name").asText()));
		return names;
	}

	private static JsonNode read() {
		try (InputStream metadata = ThrottleProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return new ObjectMapper().readTree(metadata);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
