package dev.throttle.test.context;

import java.util.List;
import java.util.Map;

import dev.throttle.backend.memory.NanoClock;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Applies {@link ThrottleTest @ThrottleTest} of a class to its context.
 */
class ThrottleContextCustomizerFactory implements ContextCustomizerFactory {

	/** A name that no bean of an application has. */
	private static final String CLOCK = ThrottleClock.class.getName();

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> attributes) {
		ThrottleTest annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass, ThrottleTest.class);
		return (annotation != null) ? new ThrottleContextCustomizer(annotation.enabled()) : null;
	}

	/**
	 * Counts in memory, on a clock that the test moves. Equal ones share a context.
	 */
	private record ThrottleContextCustomizer(boolean enabled) implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("throttleTest",
						Map.of("throttle.enabled", this.enabled, "throttle.backend", "memory")));
			// A context that was processed ahead of time has it.
			if (!context.getBeanFactory().containsBeanDefinition(CLOCK)) {
				((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition(CLOCK,
						BeanDefinitionBuilder.rootBeanDefinition(ThrottleClock.class)
							.setPrimary(true)
							.getBeanDefinition());
			}
			context.addBeanFactoryPostProcessor(this::takePrecedence);
		}

		/** A clock of the application may be primary, too. */
		private void takePrecedence(ConfigurableListableBeanFactory beanFactory) {
			for (String name : beanFactory.getBeanNamesForType(NanoClock.class, true, false)) {
				if (!name.equals(CLOCK) && beanFactory.containsBeanDefinition(name)) {
					beanFactory.getBeanDefinition(name).setPrimary(false);
				}
			}
		}

	}

}
