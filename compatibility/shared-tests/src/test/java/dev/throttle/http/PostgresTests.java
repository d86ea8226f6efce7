package dev.throttle.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.throttle.Throttle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.jdbc.JdbcSchema;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.BeansException;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Several applications that count in one PostgreSQL, as {@code spring-boot-starter-jdbc}
 * and {@code throttle.backend} make them.
 */
@ExtendWith(OutputCaptureExtension.class)
class PostgresTests {

	private static final int LIMIT = 200;

	private static TestDatabase database;

	@BeforeAll
	static void startDatabase() {
		database = TestDatabase.start();
	}

	@AfterAll
	static void stopDatabase() {
		database.close();
	}

	@Test
	void applicationsAdmitExactlyTheLimitTogether() {
		try (RunningApplication one = start("exact", "throttle.jdbc.timeout=20s", "throttle.on-failure=deny",
				"throttle.rates.user=" + LIMIT + "/day");
				RunningApplication other = start("exact", "throttle.jdbc.timeout=20s", "throttle.on-failure=deny",
						"throttle.rates.user=" + LIMIT + "/day")) {
			List<Caller> callers = List.of(one.caller().as("everybody"), other.caller().as("everybody"));
			List<Integer> statuses = new ArrayList<>();
			for (int round = 0; round < 6; round++) {
				statuses.addAll(IntStream.range(0, 50)
					.mapToObj((i) -> callers.get(i % 2).getAsync("/articles"))
					.toList()
					.stream()
					.map(CompletableFuture::join)
					.map((response) -> response.statusCode())
					.toList());
			}
			assertThat(statuses).filteredOn((status) -> status == 200).hasSize(LIMIT);
			assertThat(statuses).filteredOn((status) -> status == 429).hasSize(300 - LIMIT);
		}
	}

	@Test
	void applicationsOfDifferentNamesDoNotChangeTheCountsOfEachOther(CapturedOutput output) {
		try (RunningApplication one = start("one", "throttle.jdbc.timeout=20s", "throttle.rates.user=3/day");
				RunningApplication other = start("other", "throttle.jdbc.timeout=20s", "throttle.rates.user=5/day")) {
			assertThat(admitted(other, 4)).isEqualTo(4);
			assertThat(admitted(one, 4)).isEqualTo(3);
			assertThat(admitted(other, 4)).isEqualTo(1);
		}
		assertThat(output).doesNotContain("in another instance");
	}

	@Test
	void instancesOfOneApplicationSayThatTheirRatesDiffer(CapturedOutput output) {
		try (RunningApplication before = start("rolling", "throttle.jdbc.timeout=20s", "throttle.rates.user=5/day");
				RunningApplication after = start("rolling", "throttle.jdbc.timeout=20s", "throttle.rates.user=3/day")) {
			await().atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output)
					.contains("The scope 'user' has the rate '5/day' here, but '3/day' in another instance")
					.contains("The scope 'user' has the rate '3/day' here, but '5/day' in another instance"));
			assertThat(admitted(before, 6)).isEqualTo(5);
			assertThat(admitted(after, 1)).isZero();
		}
	}

	private static long admitted(RunningApplication application, int requests) {
		Caller everybody = application.caller().as("everybody");
		return IntStream.range(0, requests).filter((i) -> everybody.get("/articles").statusCode() == 200).count();
	}

	@Test
	void oneLineSaysThatTheDatabaseCounts(CapturedOutput output) {
		try (RunningApplication application = start("said", "throttle.rates.user=5/day", "logging.level.dev=info")) {
			assertThat(application.bean(CacheBackend.class).isShared()).isTrue();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("; backend: "))).singleElement()
			.asString()
			.endsWith("; backend: PostgreSQL (" + database.url().replaceAll("jdbc:postgresql://|\\?.*", "") + ")");
	}

	@Test
	void healthAndMetricsAreThoseOfASharedStore() {
		try (RunningApplication application = start("watched", "throttle.rates.user=5/day",
				"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"management.health.db.enabled=false")) {
			Caller caller = application.caller().asNewcomer();
			assertThat(caller.get("/articles").statusCode()).isEqualTo(200);
			assertThat(caller.get("/actuator/health").body()).contains("\"counting\":\"shared\"",
					"\"backend\":\"PostgreSQL (");
			assertThat(caller.get("/actuator/metrics/throttle.backend?tag=result:answered").body())
				.contains("\"statistic\":\"COUNT\"");
			assertThat(caller.get("/actuator/throttles").body()).contains("PostgreSQL (");
		}
	}

	@Test
	void userWithTheDocumentedRightsCountsAndSettles() {
		database.execute("CREATE SCHEMA limits", "SET search_path TO limits",
				new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).script(), "CREATE ROLE shop LOGIN",
				"ALTER ROLE shop SET search_path TO limits", "REVOKE ALL ON SCHEMA public FROM PUBLIC",
				"GRANT USAGE ON SCHEMA limits TO shop",
				"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA limits TO shop");
		try (RunningApplication application = start("rights", "spring.datasource.url=" + database.url("shop"),
				"throttle.jdbc.initialize-schema=never", "throttle.on-failure=deny",
				"throttle.rates.user=5/day, 100/calendar-month")) {
			Caller caller = application.caller().asNewcomer();
			for (int i = 0; i < 3; i++) {
				// what a request gives back may still be on its way when its answer is there
				await().until(() -> caller.get("/logins").statusCode() == 200);
			}
			assertThat(caller.remaining("/articles")).isEqualTo(1);
			assertThat(application.bean(CacheBackend.class).isAvailable()).isTrue();
		}
		finally {
			database.execute("GRANT ALL ON SCHEMA public TO PUBLIC");
		}
	}

	@Test
	void applicationStartsAndAnswersWhileTheDatabaseIsDown() throws IOException {
		String down = "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + freePort() + "/postgres?user=postgres";
		try (RunningApplication application = start("down", down, "throttle.rates.user=1/day",
				"logging.level.root=off")) {
			Caller caller = application.caller().asNewcomer();
			assertThat(caller.get("/articles").statusCode()).isEqualTo(200);
			assertThat(caller.get("/articles").statusCode()).isEqualTo(429);
		}
		try (RunningApplication application = start("down", down, "throttle.rates.user=1/day",
				"throttle.scopes.user.on-failure=deny", "logging.level.root=off")) {
			assertThat(application.caller().asNewcomer().get("/articles").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void applicationThatDoesNotStartWarnsOfNoThreads(CapturedOutput output) {
		assertThatExceptionOfType(BeansException.class)
			.isThrownBy(() -> start("missing", "throttle.jdbc.table-prefix=missing_",
					"throttle.jdbc.initialize-schema=never", "throttle.rates.user=1/day"))
			.withRootCauseInstanceOf(InvalidThrottleConfigurationException.class);
		assertThat(output).contains("missing_").doesNotContain("throttle:");
	}

	private static RunningApplication start(String name, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.application.name=" + name, "spring.profiles.active=jdbc",
				"throttle.backend=jdbc", "throttle.jdbc.initialize-schema=always", "throttle.rates.logins=2/day",
				"throttle.scopes.logins.count-status=401", "spring.datasource.url=" + database.url()));
		all.addAll(List.of(properties));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/articles")
		String articles() {
			return "articles";
		}

		@GetMapping("/logins")
		@Throttle(scope = "logins")
		String logIn() {
			return "in";
		}

	}

}
