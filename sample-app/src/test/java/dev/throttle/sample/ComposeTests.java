package dev.throttle.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The files of {@code compose.yaml} agree with each other, as far as can be seen without
 * Docker.
 */
class ComposeTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	private static final Set<String> INSTANCES = Set.of("sample-1:8080", "sample-2:8080", "sample-3:8080");

	private final Map<String, Object> compose = yaml("compose.yaml");

	@Test
	void filesThatAreMountedOrBuiltExist() {
		List<String> mounts = services().values()
			.stream()
			.flatMap((service) -> this.<List<String>>get(service, "volumes", List.of()).stream())
			.filter((volume) -> volume.startsWith("./"))
			.map((volume) -> volume.substring(0, volume.indexOf(':')))
			.toList();
		assertThat(mounts).hasSize(4).allSatisfy((mount) -> assertThat(ROOT.resolve(mount)).exists());
		Map<String, String> build = get(service("sample-1"), "build", Map.of());
		assertThat(ROOT.resolve(build.get("dockerfile"))).exists();
	}

	@Test
	void nginxAndPrometheusKnowAllInstances() throws IOException {
		assertThat(
				services().keySet().stream().filter((name) -> name.startsWith("sample-")).map((name) -> name + ":8080"))
			.containsExactlyInAnyOrderElementsOf(INSTANCES);
		Set<String> upstream = Pattern.compile("server (sample-\\d+:\\d+);")
			.matcher(Files.readString(ROOT.resolve("operations/nginx/nginx.conf")))
			.results()
			.map((MatchResult match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(upstream).isEqualTo(INSTANCES);
		assertThat(JsonPath.<List<String>>read(yaml("operations/prometheus/prometheus.yml"),
				"$.scrape_configs[0].static_configs[0].targets"))
			.containsExactlyInAnyOrderElementsOf(INSTANCES);
		assertThat(
				JsonPath.<String>read(yaml("operations/prometheus/prometheus.yml"), "$.scrape_configs[0].metrics_path"))
			.isEqualTo("/actuator/prometheus");
	}

	@Test
	void exactlyNginxIsTrusted() {
		String nginx = JsonPath.read(service("nginx"), "$.networks.sample.ipv4_address");
		Map<String, String> environment = get(service("sample-1"), "environment", Map.of());
		assertThat(environment.get("THROTTLE_CLIENT_TRUSTEDPROXIES")).isEqualTo(nginx);
		assertThat(services().entrySet()
			.stream()
			.filter((service) -> service.getKey().startsWith("sample-"))
			.map((service) -> service.getValue().containsKey("ports"))).as("published").containsOnly(false);
	}

	@Test
	void usersWhosePasswordsEverybodyKnowsAreNotThere() {
		Map<String, String> environment = get(service("sample-1"), "environment", Map.of());
		assertThat(environment).containsEntry("SAMPLE_DEMOUSERS", "false");
	}

	@Test
	void nginxPassesNothingOfActuatorOn() throws IOException {
		Matcher location = Pattern.compile("location ~ (\\S*actuator\\S*) \\{\\s+return 404;")
			.matcher(Files.readString(ROOT.resolve("operations/nginx/nginx.conf")));
		assertThat(location.find()).isTrue();
		assertThat(List.of("/actuator", "/actuator/", "/actuator/health"))
			.allMatch(Pattern.compile(location.group(1)).asPredicate());
	}

	@Test
	void secretsAreNotInTheFileAndAllAreWritten() throws IOException {
		String text = Files.readString(ROOT.resolve("compose.yaml"));
		Set<String> asked = Pattern.compile("\\$\\{(\\w+):\\?")
			.matcher(text)
			.results()
			.map((MatchResult match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> written = Pattern.compile("echo \"(\\w+)=")
			.matcher(Files.readString(ROOT.resolve("operations/secrets.sh")))
			.results()
			.map((MatchResult match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(asked).isNotEmpty().isEqualTo(written);
		assertThat(text.lines().filter((line) -> line.matches(".*(PASSWORD|KEY|SECRET): .*")))
			.allSatisfy((line) -> assertThat(line).contains("${"));
	}

	@Test
	void grafanaShowsPrometheus() throws IOException {
		Object datasources = yaml("operations/grafana/provisioning/datasources/prometheus.yml");
		assertThat(JsonPath.<String>read(datasources, "$.datasources[0].url")).isEqualTo("http://prometheus:9090");
		String dashboard = Files.readString(ROOT.resolve("operations/grafana/dashboards/throttle.json"));
		assertThat(JsonPath.<List<String>>read(dashboard, "$.templating.list[?(@.name == 'datasource')].query"))
			.containsExactly(JsonPath.<String>read(datasources, "$.datasources[0].type"));
		assertThat(JsonPath.<List<String>>read(dashboard, "$.panels[*].datasource.uid")).isNotEmpty()
			.containsOnly("${datasource}");
		assertThat(JsonPath.<String>read(yaml("operations/grafana/provisioning/dashboards/dashboards.yml"),
				"$.providers[0].options.path"))
			.isEqualTo("/var/lib/grafana/dashboards");
	}

	private Map<String, Map<String, Object>> services() {
		return get(this.compose, "services", Map.of());
	}

	private Map<String, Object> service(String name) {
		Map<String, Object> service = services().get(name);
		assertThat(service).as(name).isNotNull();
		return service;
	}

	@SuppressWarnings("unchecked")
	private <T> T get(Map<String, Object> map, String key, T otherwise) {
		return (T) map.getOrDefault(key, otherwise);
	}

	private static Map<String, Object> yaml(String file) {
		try {
			return new Yaml().load(Files.readString(ROOT.resolve(file)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
