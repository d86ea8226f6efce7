package dev.throttle.openapi;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.throttle.Rate;
import dev.throttle.backend.Policy;

/**
 * Limits in plain words, as in {@code At most 2 requests in any minute (scope uploads)}.
 */
final class LimitText {

	private static final Pattern PERIOD = Pattern.compile("(\\d*)(s|min|hour|day)");

	private static final Map<String, String> UNITS = Map.of("s", "second", "min", "minute", "hour", "hour", "day",
			"day");

	private LimitText() {
	}

	/**
	 * Return limits as Markdown: one as a sentence, several as a list.
	 */
	static String of(List<Limit> limits) {
		return (limits.size() == 1) ? of(limits.get(0)) + "."
				: limits.stream().map((limit) -> "- " + of(limit)).collect(Collectors.joining("\n"));
	}

	private static String of(Limit limit) {
		StringBuilder text = new StringBuilder(limit.usual().isEmpty() ? "No limit" : "At most ");
		text.append(windows(limit.usual(), limit));
		text.append(" (").append(String.join(", ", notes(limit))).append(')');
		limit.plans()
			.forEach((plan, rates) -> text.append("; with the plan ")
				.append(plan)
				.append(rates.isEmpty() ? " no limit" : " at most ")
				.append(windows(rates, limit)));
		return text.toString();
	}

	private static List<String> notes(Limit limit) {
		List<String> notes = new ArrayList<>();
		notes.add("scope " + limit.name());
		if (limit.isBeforeAuthentication()) {
			notes.add("before authentication");
		}
		if (!limit.isOfEachRequest()) {
			notes.add("where it applies");
		}
		if (limit.cost() > 1) {
			notes.add("a request takes " + limit.cost());
		}
		if (limit.counted() != null) {
			notes.add("only answers with status " + limit.counted() + " count");
		}
		return notes;
	}

	private static String windows(List<Policy> policies, Limit limit) {
		List<String> texts = new ArrayList<>();
		for (Policy policy : policies) {
			boolean hasNoun = texts.isEmpty() && limit.isOfEachRequest() && limit.cost() == 1
					&& !policy.rate().isInBytes();
			texts.add(amount(policy.rate()) + (!hasNoun ? "" : (policy.rate().limit() == 1) ? " request" : " requests")
					+ window(policy));
		}
		return String.join(" and ", texts);
	}

	private static String amount(Rate rate) {
		String text = rate.toString();
		return text.substring(0, text.indexOf('/'));
	}

	private static String window(Policy policy) {
		String period = policy.rate().periodText();
		if (policy.isCalendar()) {
			String zone = policy.zone().equals(ZoneOffset.UTC) ? "UTC" : policy.zone().getId();
			return " in each " + period.replace('-', ' ') + " in " + zone;
		}
		Matcher matcher = PERIOD.matcher(period);
		if (!matcher.matches()) {
			return " in any " + period;
		}
		String unit = UNITS.get(matcher.group(2));
		return " in any " + (matcher.group(1).isEmpty() ? unit : matcher.group(1) + " " + unit + "s");
	}

}
