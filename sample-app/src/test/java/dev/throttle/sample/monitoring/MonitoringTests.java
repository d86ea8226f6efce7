package dev.throttle.sample.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.throttle.sample.Programs;
import dev.throttle.sample.RedisServers;
import dev.throttle.sample.Sample;
import dev.throttle.web.DenialLog;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What is in {@code operations}, in a real Prometheus that scrapes the sample under load:
 * one that counts in memory, and one with the profile {@code redis}.
 */
@Tag("integration")
class MonitoringTests {

	private static final Path OPERATIONS = Path.of("").toAbsolutePath().resolveSibling("operations");

	private static RedisServer redis;

	private static Sample inMemory;

	private static Sample inRedis;

	private static Load memoryLoad;

	private static Load redisLoad;

	private static Prometheus prometheus;

	private static Dashboard dashboard;

	@BeforeAll
	static void start() throws IOException {
		Programs.require("prometheus");
		dashboard = Dashboard.read(OPERATIONS.resolve("grafana/dashboards/throttle.json"));
		redis = RedisServers.start();
		inMemory = Sample.startInRealTime("--throttle.client.num-proxies=1");
		inRedis = Sample.startInRealTime("--throttle.client.num-proxies=1", "--spring.profiles.active=redis",
				"--spring.data.redis.port=" + redis.ports().get(0), "--throttle.client.hash-secret=of the tests",
				"--throttle.redis.timeout=1s");
		memoryLoad = new Load(inMemory.visitor());
		redisLoad = new Load(inRedis.visitor());
		prometheus = Prometheus.start(OPERATIONS.resolve("prometheus/prometheus.yml"),
				Map.of("memory", inMemory.visitor().port(), "redis", inRedis.visitor().port()));
	}

	@AfterAll
	static void stop() throws IOException {
		if (prometheus != null) {
			prometheus.close();
		}
		if (inRedis != null) {
			inRedis.close();
		}
		if (inMemory != null) {
			inMemory.close();
		}
		if (redis != null) {
			redis.stop();
		}
	}

	@Test
	void everyPanelOfTheDashboardHasData() {
		assertThat(dashboard.panels()).hasSize(13);
		underLoad(() -> assertThat(dashboard.panels()).allSatisfy((title, queries) -> assertThat(queries).isNotEmpty()
			.allSatisfy((query) -> assertThat(prometheus.values(query)).as(title).isNotEmpty())));
		assertThat(prometheus.labelValues("throttle_decisions_total", "job")).containsExactly("memory", "redis");
	}

	@Test
	void dashboardTellsWhatWasDenied() {
		underLoad(() -> {
			assertThat(prometheus.labels(dashboard.panel("Decisions by outcome").get(0), "outcome")).contains("allowed",
					"denied", "shadow_allowed", "shadow_denied");
			assertThat(single("(" + dashboard.panel("Denied").get(0) + ") / (sum(rate("
					+ "throttle_decisions_total{outcome='denied'}[5m])) / sum(rate("
					+ "throttle_decisions_total{outcome=~'allowed|denied|failed_.*'}[5m])))"))
				.isCloseTo(1, within(1e-9));
			assertThat(prometheus.labels(dashboard.panel("Denied by scope").get(0), "scope"))
				.containsExactly("downloads");
			assertThat(prometheus.labels(dashboard.panel("Would be denied (shadow)").get(0), "scope"))
				.containsExactly("downloads");
			assertThat(single(dashboard.panel("Answered with 429").get(0))).isBetween(0.05, 0.95);
			assertThat(single(dashboard.panel("Wait handed out").get(0))).isBetween(1.0, 60.0);
			assertThat(prometheus.labels(dashboard.panel("Backend calls").get(0), "result")).contains("answered");
			assertThat(single(dashboard.panel("Backend calls").get(1))).as("known denials").isPositive();
		});
	}

	@Test
	void countsAreExact() {
		underLoad(() -> assertThat(memoryLoad.denied()).isGreaterThan(10));
		Map.of("memory", memoryLoad, "redis", redisLoad)
			.forEach((job, load) -> Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				assertThat(single("sum(http_server_requests_seconds_count{job='" + job + "',status='429'})"))
					.isEqualTo(load.denied());
				assertThat(single("sum(throttle_decisions_total{job='" + job + "',outcome='denied'})"))
					.isEqualTo(load.denied());
				assertThat(single("sum(throttle_decisions_total{job='" + job
						+ "',scope='downloads',outcome=~'allowed|failed_local'})"))
					.isEqualTo(load.allowed());
			}));
		assertThat(single("sum(throttle_memory_clients{job='memory'})")).isEqualTo(memoryLoad.clients());
	}

	@Test
	void rulesAreEvaluatedAndManyDeniedFires() {
		underLoad(() -> {
			assertThat(prometheus.healthOfRules()).hasSize(8).containsOnly("ok");
			assertThat(prometheus.recorded()).hasSize(3)
				.allSatisfy((name) -> assertThat(prometheus.values(name)).as(name).isNotEmpty());
			assertThat(prometheus.alerts("ThrottleManyDenied", "memory")).containsExactly("firing");
			assertThat(prometheus.alerts("ThrottleManyDenied", "redis")).containsExactly("firing");
			assertThat(prometheus.alerts("ThrottleEvictions", "memory")).isEmpty();
		});
	}

	@Test
	void outageOfRedisIsSeenUntilItIsOver() throws IOException {
		String local = dashboard.panel("Instances that count locally").get(0);
		redis.stop();
		try {
			underLoad(() -> {
				assertThat(single(local)).isEqualTo(1);
				assertThat(prometheus.alerts("ThrottleBackendFailing", "redis")).containsExactly("pending");
				assertThat(prometheus.alerts("ThrottleCountingLocally", "redis")).containsExactly("pending");
				assertThat(prometheus.labels("throttle_decisions_total{outcome='failed_local'} > 0", "job"))
					.containsOnly("redis");
			});
		}
		finally {
			redis.start();
		}
		underLoad(() -> assertThat(single(local)).isZero());
	}

	@Test
	void runbookNamesWhatIsThere() throws IOException {
		String runbook = Files.readString(OPERATIONS.resolve("README.md"));
		assertThat(runbook).contains("`" + DenialLog.LOGGER + "`");
		Set<String> metrics = Pattern.compile("throttle_\\w+")
			.matcher(runbook)
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toSet());
		Set<String> panels = Pattern.compile("\"([^\"]+)\"")
			.matcher(runbook)
			.results()
			.map((match) -> match.group(1))
			.collect(Collectors.toSet());
		assertThat(metrics).isNotEmpty();
		assertThat(panels).isNotEmpty().isSubsetOf(dashboard.panels().keySet());
		underLoad(() -> assertThat(prometheus.metrics()).containsAll(metrics));
	}

	private static double single(String query) {
		assertThat(prometheus.values(query)).as(query).hasSize(1);
		return prometheus.values(query).get(0);
	}

	/**
	 * Send requests until something holds.
	 */
	private static void underLoad(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
			memoryLoad.send();
			redisLoad.send();
			assertion.run();
		});
	}

}
