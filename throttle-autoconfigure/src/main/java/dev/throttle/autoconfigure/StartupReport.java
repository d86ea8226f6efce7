package dev.throttle.autoconfigure;

import java.util.Collection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * What the start says of throttling, once all singletons are there: errors first, then
 * warnings, then what is in force.
 */
final class StartupReport implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(StartupReport.class);

	private final boolean isEnabled;

	private final ListableBeanFactory beanFactory;

	StartupReport(boolean isEnabled, ListableBeanFactory beanFactory) {
		this.isEnabled = isEnabled;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!this.isEnabled) {
			logger.info("Throttling is off: 'throttle.enabled' is 'false'");
			return;
		}
		Collection<StartupContributor> contributors = this.beanFactory
			.getBeansOfType(StartupContributor.class, true, false)
			.values();
		contributors.forEach(StartupContributor::check);
		contributors.forEach(StartupContributor::warn);
		contributors.forEach(StartupContributor::inform);
	}

}
