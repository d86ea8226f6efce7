package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rates that are only tried: the same requests are answered the same, and the metrics
 * tell what would have become of them.
 */
class ShadowTests {

	private static final String[] LIVE = { "throttle.rates.user=4/min", "throttle.rates.tenant=9/min",
			"throttle.rates.uploads=6/hour", "throttle.headers=both",
			"management.endpoints.web.exposure.include=metrics" };

	@Test
	void candidateRatesChangeNoAnswer() {
		Traffic plain = Traffic.of();
		Traffic tried = Traffic.of("throttle.scopes.user.shadow-rate=2/min",
				"throttle.scopes.uploads.shadow-rate=1/min, 3/hour", "throttle.scopes.tenant.shadow-rate=0/min",
				"throttle.scopes.reports.shadow-rate=1/min");
		assertThat(tried.answers()).isEqualTo(plain.answers());
		assertThat(plain.counts().keySet()).noneMatch((key) -> key.contains("shadow"));
		assertThat(plain.counts()).containsEntry("userRateThrottle user denied", 4L);
		assertThat(tried.counts()).containsAllEntriesOf(plain.counts())
			.containsEntry("userRateThrottle user shadow_allowed", 4L)
			.containsEntry("userRateThrottle user shadow_denied", 8L)
			.containsEntry("tenantThrottle tenant shadow_denied", 12L)
			.containsEntry("scopedRateThrottle reports shadow_allowed", 2L);
	}

	@Test
	void scopesThatAreOnlyTriedDenyNothing() {
		Traffic without = Traffic.of("throttle.rates.tenant=1000/s", "throttle.scopes.reports.shadow=true",
				"throttle.headers=none");
		Traffic tried = Traffic.of("throttle.rates.tenant=0/min", "throttle.scopes.tenant.shadow=true",
				"throttle.scopes.reports.shadow=true", "throttle.headers=none");
		assertThat(tried.answers()).isEqualTo(without.answers());
		assertThat(tried.counts()).containsEntry("tenantThrottle tenant shadow_denied", 12L)
			.containsEntry("scopedRateThrottle reports shadow_allowed", 2L)
			.doesNotContainKey("scopedRateThrottle reports allowed");
	}

	/**
	 * What an application answers to some requests, and what its metrics say of them.
	 */
	private record Traffic(List<String> answers, Map<String, Long> counts) {

		static Traffic of(String... properties) {
			List<String> all = new ArrayList<>(List.of(LIVE));
			all.addAll(List.of(properties));
			try (RunningApplication application = RunningApplication.start(Application.class,
					all.toArray(String[]::new))) {
				Caller acme = application.caller().with("X-Tenant", "acme");
				List<String> answers = new ArrayList<>();
				for (String user : List.of("alice", "bob")) {
					for (String path : List.of("/plain", "/uploads", "/plain", "/reports", "/uploads", "/plain")) {
						answers.add(text(acme.as(user).get(path)));
					}
				}
				return new Traffic(answers, counts(application.bean(MeterRegistry.class)));
			}
		}

		private static String text(HttpResponse<String> response) {
			Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
			headers.remove("date");
			headers.remove("x-ratelimit-reset");
			return response.statusCode() + " " + headers + " " + response.body();
		}

		private static Map<String, Long> counts(MeterRegistry registry) {
			return registry.find("throttle.decisions")
				.counters()
				.stream()
				.collect(
						Collectors.toMap(
								(counter) -> counter.getId().getTag("throttle") + " " + counter.getId().getTag("policy")
										+ " " + counter.getId().getTag("outcome"),
								(counter) -> (long) counter.count()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend() {
			return MemoryCacheBackend.builder().clock(new ThrottleClock()).build();
		}

		@Bean
		TenantThrottle tenantThrottle() {
			return new TenantThrottle();
		}

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "1/hour")
		String reports() {
			return "reports";
		}

	}

}
