package dev.throttle.drf;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the rules for which this project answers a request of a scenario otherwise than
 * Django REST framework: the model is told one more rule at a time.
 */
final class Attribution {

	/**
	 * The model with the rules of Django REST framework, and with one more changed each.
	 */
	private final List<DrfModel> models;

	private final Occasions occasions;

	/**
	 * Create an attribution.
	 * @param scenario the scenario
	 * @param last the last rule that is changed
	 */
	Attribution(Scenario scenario, Rule last) {
		this.occasions = new Occasions(scenario);
		this.models = Rule.changesUpTo(last).stream().map((rules) -> new DrfModel(scenario, rules)).toList();
	}

	/**
	 * Return the rules that make the answer differ from the recorded one, none where it
	 * does not.
	 * @param step the next request of the scenario
	 * @throws AssertionError if a rule made a difference for which there was no occasion
	 */
	Set<Rule> causes(Scenario.Step step) {
		List<Answer> answers = this.models.stream().map((model) -> model.answer(step)).toList();
		this.occasions.see(step, keys(0, step), keys(2, step), keys(3, step));
		Set<Rule> causes = EnumSet.noneOf(Rule.class);
		if (answers.get(answers.size() - 1).equals(step.recorded(true))) {
			return causes;
		}
		for (int i = 1; i < answers.size(); i++) {
			if (!answers.get(i).equals(answers.get(i - 1))) {
				causes.add(Rule.values()[i - 1]);
			}
		}
		if (causes.isEmpty() || !causes.stream().allMatch(this.occasions::allow)) {
			throw new AssertionError("Not explained by " + causes + ": " + step + " is answered " + answers);
		}
		return causes;
	}

	private List<Object> keys(int changed, Scenario.Step step) {
		return this.models.get(changed).keys(step);
	}

}
