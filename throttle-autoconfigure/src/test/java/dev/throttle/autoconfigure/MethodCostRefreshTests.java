package dev.throttle.autoconfigure;

import dev.throttle.Throttle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The costs of methods, and rates that change.
 */
@ExtendWith(OutputCaptureExtension.class)
class MethodCostRefreshTests {

	@Test
	void rateBelowTheCostOfAMethodIsRefused(CapturedOutput output) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, AopAutoConfiguration.class))
			.withBean(Fax.class)
			.withPropertyValues("throttle.rates.fax=4/hour")
			.run((context) -> {
				TestPropertyValues.of("throttle.rates.fax=3/hour").applyTo(context);
				assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
				assertThat(output).contains("Fax#send() declares the cost 4 for the scope 'fax', "
						+ "which has the rate '3/hour', so every call would be denied.");
				context.getBean(Fax.class).send();
			});
	}

	static class Fax {

		@Throttle(scope = "fax", cost = 4)
		public void send() {
		}

	}

}
