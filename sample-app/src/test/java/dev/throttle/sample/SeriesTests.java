package dev.throttle.sample;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code /actuator/prometheus} holds does not grow with the number of clients.
 */
@Tag("integration")
class SeriesTests {

	@Test
	void thousandsOfClientsAddNoSeries() {
		try (Sample sample = Sample.start("--throttle.client.num-proxies=1")) {
			sample.visitor().statuses("/articles", 6);
			sample.visitor().with("X-Forwarded-For", "198.51.100.1").statuses("/contacts/1", 5);
			sample.visitor().as("alice", "alice").get("/missing");
			series(sample);
			Set<String> before = series(sample);
			for (int i = 0; i < 2_000; i++) {
				Visitor client = sample.visitor().with("X-Forwarded-For", "10.0." + i / 250 + "." + i % 250);
				client.get((i % 2 == 0) ? "/articles" : "/contacts/" + i);
				if (i % 100 == 0) {
					client.statuses("/articles", 6);
					client.as("alice", "alice").get("/missing/" + i);
				}
			}
			assertThat(series(sample)).containsExactlyInAnyOrderElementsOf(before)
				.anyMatch((series) -> series.startsWith("throttle_decisions_total"))
				.anyMatch((series) -> series.startsWith("http_server_requests_seconds_count"));
			assertThat(sample.visitor().get("/actuator/prometheus").body())
				.as("2002 addresses, and alice from 21 of them")
				.contains("throttle_memory_clients{backend=\"cacheBackend\"} 2023.0");
		}
	}

	/**
	 * Return the names and labels of all series but those of the virtual machine, whose
	 * garbage collector adds some when it first runs.
	 */
	private static Set<String> series(Sample sample) {
		return sample.visitor()
			.get("/actuator/prometheus")
			.body()
			.lines()
			.filter((line) -> !line.startsWith("#") && !line.startsWith("jvm_"))
			.map((line) -> line.substring(0, line.lastIndexOf(' ')))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
