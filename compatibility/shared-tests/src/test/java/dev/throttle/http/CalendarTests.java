package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients see of rates that count by the calendar.
 */
class CalendarTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(PlanTests.Application.class,
				"throttle.rates.user=100/s, 3/calendar-year", "throttle.calendar-zone=Asia/Kathmandu",
				"throttle.scopes.user.zone=America/New_York", "throttle.plans.pro.rates.user=5/calendar-year",
				"throttle.plans.pro.clients=user:paula", "throttle.headers=both");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void retryAfterAndResetLeadToTheBoundary() {
		Caller una = application.caller().as("una");
		for (int i = 0; i < 3; i++) {
			assertThat(una.get("/plain").statusCode()).isEqualTo(200);
		}
		ZoneId zone = ZoneId.of("America/New_York");
		Instant before = Instant.now();
		HttpResponse<String> denied = una.get("/plain");
		Instant boundary = LocalDate.ofInstant(before, zone)
			.withDayOfYear(1)
			.plusYears(1)
			.atStartOfDay(zone)
			.toInstant();
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow())
			.isBetween(seconds(Instant.now(), boundary), seconds(before, boundary));
		assertThat(denied.headers().allValues("X-RateLimit-Reset"))
			.containsExactly(Long.toString(boundary.getEpochSecond()));
		assertThat(denied.body()).contains("\"violated-policies\":[\"user-calendar-year\"]");
	}

	@Test
	void policyOfTheDraftHasNoWindow() {
		Map<String, List<String>> headers = application.caller().as("ulla").get("/plain").headers().map();
		assertThat(headers.get("ratelimit-policy")).containsExactly("\"user\";q=100;w=1, \"user-calendar-year\";q=3");
		assertThat(headers.get("ratelimit").get(0)).matches("\"user\";r=99;t=1, \"user-calendar-year\";r=2;t=\\d+");
	}

	@Test
	void planReplacesTheRateAndKeepsTheZone() {
		Caller paula = application.caller().as("paula");
		for (int i = 0; i < 5; i++) {
			assertThat(paula.get("/plain").statusCode()).isEqualTo(200);
		}
		HttpResponse<String> denied = paula.get("/plain");
		assertThat(denied.statusCode()).isEqualTo(429);
		long reset = denied.headers().firstValueAsLong("X-RateLimit-Reset").orElseThrow();
		assertThat(Instant.ofEpochSecond(reset).atZone(ZoneId.of("America/New_York")).toLocalTime()).hasToString("00:00");
	}

	private static long seconds(Instant from, Instant to) {
		return Duration.between(from, to).plusNanos(999_999_999).toSeconds();
	}

}
