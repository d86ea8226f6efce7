package dev.throttle;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

/**
 * Replays what Django REST framework makes of rate strings: {@link Rate} makes the same
 * of them or differs for a rule that has a name here.
 */
class DrfRateTests {

	private static final Map<String, Long> SECONDS = Map.ofEntries(entry("s", 1L), entry("sec", 1L),
			entry("second", 1L), entry("seconds", 1L), entry("m", 60L), entry("min", 60L), entry("minute", 60L),
			entry("minutes", 60L), entry("h", 3600L), entry("hour", 3600L), entry("hours", 3600L), entry("d", 86_400L),
			entry("day", 86_400L), entry("days", 86_400L));

	enum Rule {

		/** Both read the same rate. */
		SAME_RATE,

		/** Both have an error. */
		SAME_ERROR,

		/** No rate is no text: it is left out, not parsed. */
		ABSENT_IS_NOT_PARSED,

		/** What is not a text is an error there; here it cannot be given. */
		ONLY_TEXT_CAN_BE_GIVEN,

		/** There the first letter makes the period. */
		UNKNOWN_PERIOD_IS_AN_ERROR,

		/** There a number before the unit is an error. */
		PERIOD_OF_SEVERAL_UNITS,

		/** There several rates are an error. */
		SEVERAL_RATES,

		/** There a negative number denies everything or fails later. */
		NEGATIVE_NUMBER_IS_AN_ERROR,

		/** There a sign, spaces, underscores and the digits of any script are taken. */
		ASCII_DIGITS_ONLY,

		/** There a number may have any length. */
		LIMIT_IS_BOUNDED

	}

	@Test
	void rateEqualsThatOfDrfOrDiffersForARule() throws IOException {
		Map<Rule, Integer> counts = new TreeMap<>();
		try (InputStream vectors = DrfRateTests.class.getResourceAsStream("/drf-oracle/parse_rate.jsonl")) {
			List<JsonNode> rows = new ObjectMapper().readerFor(JsonNode.class).<JsonNode>readValues(vectors).readAll();
			rows.forEach((row) -> counts.merge(replay(row), 1, Integer::sum));
		}
		System.out.println("Rates: " + counts);
		assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(entry(Rule.SAME_RATE, 31),
				entry(Rule.SAME_ERROR, 95), entry(Rule.ABSENT_IS_NOT_PARSED, 1), entry(Rule.ONLY_TEXT_CAN_BE_GIVEN, 8),
				entry(Rule.UNKNOWN_PERIOD_IS_AN_ERROR, 19), entry(Rule.PERIOD_OF_SEVERAL_UNITS, 3),
				entry(Rule.SEVERAL_RATES, 1), entry(Rule.NEGATIVE_NUMBER_IS_AN_ERROR, 4),
				entry(Rule.ASCII_DIGITS_ONLY, 12), entry(Rule.LIMIT_IS_BOUNDED, 6)));
	}

	private static Rule replay(JsonNode row) {
		boolean ok = row.path("ok").booleanValue();
		if (!row.path("rate").isTextual()) {
			assertThat(ok).isEqualTo(row.path("rate").isNull());
			return ok ? Rule.ABSENT_IS_NOT_PARSED : Rule.ONLY_TEXT_CAN_BE_GIVEN;
		}
		String text = row.path("rate").textValue();
		if (ok) {
			return replay(text, row.path("numRequests").bigIntegerValue(), row.path("durationSeconds").longValue());
		}
		if (text.matches("[0-9]+/[a-z]+,[0-9]+/[a-z]+")) {
			assertThat(Rate.parseAll(text)).containsExactly(rate(text.split(",")[0]), rate(text.split(",")[1]));
			return Rule.SEVERAL_RATES;
		}
		if (text.matches("[0-9]+/[0-9]+[a-z]+")) {
			String[] parts = text.split("/");
			String unit = parts[1].replaceFirst("[0-9]+", "");
			long count = Long.parseLong(parts[1].substring(0, parts[1].length() - unit.length()));
			assertThat(Rate.parse(text)).isEqualTo(
					new Rate(Long.parseLong(parts[0]), Duration.ofSeconds(count).multipliedBy(SECONDS.get(unit))));
			return Rule.PERIOD_OF_SEVERAL_UNITS;
		}
		assertThatIsAnError(text);
		return Rule.SAME_ERROR;
	}

	private static Rule replay(String text, BigInteger numRequests, long durationSeconds) {
		String number = text.substring(0, text.indexOf('/')).replaceFirst("^[ \t\n\u2003]+", "");
		String period = text.substring(text.indexOf('/') + 1).replaceFirst("[ \t\n]+$", "");
		if (numRequests.signum() < 0 || number.startsWith("-")) {
			assertThatIsAnError(text);
			return Rule.NEGATIVE_NUMBER_IS_AN_ERROR;
		}
		if (!number.matches("[0-9]+")) {
			assertThatIsAnError(text);
			return Rule.ASCII_DIGITS_ONLY;
		}
		if (!SECONDS.containsKey(period)) {
			assertThatIsAnError(text);
			return Rule.UNKNOWN_PERIOD_IS_AN_ERROR;
		}
		if (numRequests.compareTo(BigInteger.valueOf(999_999_999_999_999L)) > 0) {
			assertThatIsAnError(text);
			return Rule.LIMIT_IS_BOUNDED;
		}
		Rate rate = new Rate(numRequests.longValueExact(), Duration.ofSeconds(durationSeconds));
		assertThat(Rate.parse(text)).isEqualTo(rate);
		assertThat(SECONDS.get(period)).isEqualTo(durationSeconds);
		return Rule.SAME_RATE;
	}

	private static Rate rate(String text) {
		String[] parts = text.split("/");
		return new Rate(Long.parseLong(parts[0]), Duration.ofSeconds(SECONDS.get(parts[1])));
	}

	private static void assertThatIsAnError(String text) {
		assertThatExceptionOfType(InvalidRateException.class).as(text).isThrownBy(() -> Rate.parseAll(text));
	}

}
