package dev.throttle.drf;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.throttle.Accounting;
import dev.throttle.engine.Driver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the throttles to Django REST framework. A model first has to give every answer
 * that was recorded; then it is told the rules in which this project differs, one after
 * the other, and the throttles have to give every answer of the model. Another file of
 * scenarios is replayed with {@code -Ddrf.scenarios=FILE}.
 */
class DrfConformanceTests {

	private static ScenarioFile file;

	@BeforeAll
	static void readScenarios() {
		file = ScenarioFile.read();
		assertThat(file.scenarios()).isNotEmpty();
		say("%s: %d scenarios, %d steps", file.name(), file.scenarios().size(), file.steps());
	}

	@Test
	void modelGivesEveryRecordedAnswer() {
		assertThat(differences((scenario) -> new DrfModel(scenario, Rules.ofDrf(true))::answer,
				(scenario) -> (step) -> step.recorded(true)))
			.isEmpty();
	}

	@Test
	void modelGivesEveryRecordedAnswerOfACacheThatDropsNothing() {
		assertThat(differences((scenario) -> new DrfModel(scenario, Rules.ofDrf(false))::answer,
				(scenario) -> (step) -> step.recorded(false)))
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void throttlesGiveEveryAnswerOfTheModelInIndependentAccounting(Driver driver) {
		assertThat(differences((scenario) -> new Replay(scenario, Accounting.INDEPENDENT, driver)::answer,
				(scenario) -> new DrfModel(scenario, Rule.independent())::answer))
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void throttlesGiveEveryAnswerOfTheModelInAllOrNothingAccounting(Driver driver) {
		assertThat(differences((scenario) -> new Replay(scenario, Accounting.ALL_OR_NOTHING, driver)::answer,
				(scenario) -> new DrfModel(scenario, Rule.allOrNothing())::answer))
			.isEmpty();
	}

	@Test
	void everyDifferenceFromDrfInIndependentAccountingIsThatOfARule() {
		Map<Rule, Integer> differences = differencesByRule("independent", Rule.LIMIT_OF_ZERO);
		if (file.isPublic()) {
			assertAtMost(differences, Map.of(Rule.IDENTITY, 381, Rule.PASSED_PROXY, 175, Rule.KEY, 15, Rule.RETENTION,
					39, Rule.CLOCK, 0, Rule.WAIT, 25, Rule.LIMIT_OF_ZERO, 219));
		}
	}

	@Test
	void everyDifferenceFromDrfInAllOrNothingAccountingIsThatOfARule() {
		Map<Rule, Integer> differences = differencesByRule("all-or-nothing", Rule.ACCOUNTING);
		if (file.isPublic()) {
			assertAtMost(differences, Map.of(Rule.IDENTITY, 372, Rule.PASSED_PROXY, 174, Rule.KEY, 14, Rule.RETENTION,
					35, Rule.CLOCK, 0, Rule.WAIT, 25, Rule.LIMIT_OF_ZERO, 219, Rule.ACCOUNTING, 288));
		}
	}

	private static void assertAtMost(Map<Rule, Integer> differences, Map<Rule, Integer> bounds) {
		assertThat(differences.get(Rule.IDENTITY)).isPositive();
		assertThat(differences).allSatisfy((rule, steps) -> assertThat(steps).isLessThanOrEqualTo(bounds.get(rule)));
	}

	/**
	 * Return the steps at which the answers are not the expected ones, for a reader.
	 */
	private static List<String> differences(Function<Scenario, Function<Scenario.Step, Answer>> answers,
			Function<Scenario, Function<Scenario.Step, Answer>> expectations) {
		List<String> differences = new ArrayList<>();
		for (Scenario scenario : file.scenarios()) {
			Function<Scenario.Step, Answer> answer = answers.apply(scenario);
			Function<Scenario.Step, Answer> expectation = expectations.apply(scenario);
			for (int i = 0; i < scenario.steps().size(); i++) {
				Answer actual = answer.apply(scenario.steps().get(i));
				Answer expected = expectation.apply(scenario.steps().get(i));
				if (!actual.equals(expected)) {
					differences
						.add("%s, step %d: expected %s but was %s".formatted(scenario.id(), i, expected, actual));
				}
			}
		}
		return differences;
	}

	/**
	 * Return at how many steps each rule makes a difference from what was recorded.
	 */
	private static Map<Rule, Integer> differencesByRule(String accounting, Rule last) {
		Map<Rule, Integer> differences = new EnumMap<>(Rule.class);
		EnumSet.range(Rule.IDENTITY, last).forEach((rule) -> differences.put(rule, 0));
		int steps = 0;
		for (Scenario scenario : file.scenarios()) {
			Attribution attribution = new Attribution(scenario, last);
			for (Scenario.Step step : scenario.steps()) {
				Set<Rule> causes = attribution.causes(step);
				steps += causes.isEmpty() ? 0 : 1;
				causes.forEach((rule) -> differences.merge(rule, 1, Integer::sum));
			}
		}
		say("%s: %d steps differ from Django REST framework's, for the rules %s", accounting, steps, differences);
		return differences;
	}

	private static void say(String text, Object... arguments) {
		System.out.println("DRF conformance: " + text.formatted(arguments));
	}

}
