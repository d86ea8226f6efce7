package dev.throttle.autoconfigure;

import dev.throttle.reactive.ThrottleWebFilter;

import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same tests on WebFlux. There is always a filter, because it also releases what
 * throttles of handlers have taken.
 */
class ReactiveFilterStartTests extends FilterStartTests {

	@Override
	AbstractApplicationContextRunner<?, ?, ?> small() {
		return ReactiveApplications.small().withPropertyValues("throttle.include-paths=/included");
	}

	@Override
	int order(ApplicationContext context) {
		return context.getBean("throttleFilter", ThrottleWebFilter.class).getOrder();
	}

	@Override
	void assertThatThereIsNoFilter(ApplicationContext context) {
		assertThat(inFilter(context)).isEmpty();
	}

}
