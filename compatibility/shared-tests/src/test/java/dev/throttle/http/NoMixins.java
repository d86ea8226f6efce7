package dev.throttle.http;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Keeps Jackson's auto-configuration from looking for mixins: it reads each class of the
 * application's package, and hundreds of tests are in that of these applications.
 */
class NoMixins implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final String PACKAGES = AutoConfigurationPackages.class.getName();

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		context.addBeanFactoryPostProcessor((beans) -> {
			if (beans.containsBeanDefinition(PACKAGES)) {
				((BeanDefinitionRegistry) beans).removeBeanDefinition(PACKAGES);
			}
		});
	}

}
