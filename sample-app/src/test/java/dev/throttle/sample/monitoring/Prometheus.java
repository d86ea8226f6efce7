package dev.throttle.sample.monitoring;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.JsonPath;
import dev.throttle.sample.Programs;
import dev.throttle.sample.Visitor;
import org.awaitility.Awaitility;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real Prometheus, started as a process of its own with the project's configuration:
 * only targets and intervals are others.
 */
final class Prometheus implements AutoCloseable {

	private final Process process;

	private final Visitor visitor;

	private Prometheus(Process process, Visitor visitor) {
		this.process = process;
		this.visitor = visitor;
	}

	/**
	 * Start a server.
	 * @param configuration the configuration to start from
	 * @param ports the port of each job by its name
	 */
	static Prometheus start(Path configuration, Map<String, Integer> ports) throws IOException {
		Path program = Programs.require("prometheus");
		int port = freePort();
		Path directory = Files.createDirectories(Path.of("target", "prometheus", Integer.toString(port)))
			.toAbsolutePath();
		Path file = Files.writeString(directory.resolve("prometheus.yml"), configuration(configuration, ports));
		Path log = directory.resolve("log");
		Process process = new ProcessBuilder(program.toString(), "--config.file=" + file,
				"--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Prometheus prometheus = new Prometheus(process, Visitor.of(port));
		try {
			Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(prometheus::isReady);
			return prometheus;
		}
		catch (RuntimeException ex) {
			prometheus.close();
			throw new IOException("Prometheus does not start: " + Files.readString(log), ex);
		}
	}

	private static String configuration(Path original, Map<String, Integer> ports) throws IOException {
		Map<String, Object> configuration = new Yaml().load(Files.readString(original));
		List<String> rules = JsonPath.read(configuration, "$.rule_files");
		Map<String, Object> scrape = JsonPath.read(configuration, "$.scrape_configs[0]");
		configuration.put("global", Map.of("scrape_interval", "1s", "evaluation_interval", "1s"));
		configuration.put("rule_files",
				rules.stream().map((rule) -> original.resolveSibling(rule).toAbsolutePath().toString()).toList());
		configuration.put("scrape_configs", ports.entrySet().stream().map((target) -> {
			Map<String, Object> job = new HashMap<>(scrape);
			job.put("job_name", target.getKey());
			job.put("static_configs", List.of(Map.of("targets", List.of("127.0.0.1:" + target.getValue()))));
			return job;
		}).toList());
		return new Yaml().dump(configuration);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean isReady() {
		return this.visitor.get("/-/ready").statusCode() == 200;
	}

	/**
	 * Return the values of a query that are numbers.
	 */
	List<Double> values(String query) {
		List<String> values = JsonPath.read(query(query), "$.data.result[*].value[1]");
		return values.stream().map(Double::valueOf).filter(Double::isFinite).toList();
	}

	/**
	 * Return what the series that answer a query have as a label.
	 */
	List<String> labels(String query, String label) {
		return JsonPath.read(query(query), "$.data.result[*].metric['" + label + "']");
	}

	private String query(String query) {
		return ask("/api/v1/query?query=" + encode(query));
	}

	/**
	 * Return the values that a label has in the series of a metric.
	 */
	List<String> labelValues(String metric, String label) {
		return JsonPath.read(ask("/api/v1/label/" + label + "/values?match[]=" + encode(metric)), "$.data");
	}

	List<String> metrics() {
		return JsonPath.read(ask("/api/v1/label/__name__/values"), "$.data");
	}

	/**
	 * Return the states of an alert, such as {@code firing}, in a job.
	 */
	List<String> alerts(String name, String job) {
		return JsonPath.read(ask("/api/v1/alerts"),
				"$.data.alerts[?(@.labels.alertname == '" + name + "' && @.labels.job == '" + job + "')].state");
	}

	/**
	 * Return what became of the rules at their last evaluation, such as {@code ok}.
	 */
	List<String> healthOfRules() {
		return JsonPath.read(ask("/api/v1/rules"), "$.data.groups[*].rules[*].health");
	}

	/**
	 * Return the names of the recording rules.
	 */
	List<String> recorded() {
		return JsonPath.read(ask("/api/v1/rules?type=record"), "$.data.groups[*].rules[*].name");
	}

	private String ask(String path) {
		HttpResponse<String> answer = this.visitor.get(path);
		assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
		return answer.body();
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
