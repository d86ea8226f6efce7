package dev.throttle.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Warns if Spring Cloud changes one of our properties in the environment: the value that
 * was read at startup stays in use.
 */
final class RefreshWarning implements SmartApplicationListener {

	private static final Logger logger = LoggerFactory.getLogger(RefreshWarning.class);

	private static final String CHANGE = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private final Environment environment;

	private final Map<String, String> inForce;

	private Map<String, String> seen;

	RefreshWarning(Environment environment) {
		this.environment = environment;
		this.inForce = properties();
		this.seen = this.inForce;
	}

	private Map<String, String> properties() {
		return Binder.get(this.environment)
			.bind("throttle", Bindable.mapOf(String.class, String.class))
			.orElseGet(Map::of);
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> eventType) {
		return eventType.getName().equals(CHANGE);
	}

	@Override
	public synchronized void onApplicationEvent(ApplicationEvent event) {
		Map<String, String> now = properties();
		if (now.equals(this.seen)) {
			return;
		}
		this.seen = now;
		String changed = Stream.concat(this.inForce.keySet().stream(), now.keySet().stream())
			.filter((name) -> !Objects.equals(this.inForce.get(name), now.get(name)))
			.collect(Collectors.toCollection(TreeSet::new))
			.stream()
			.map((name) -> "'throttle." + name + "'")
			.collect(Collectors.joining(", "));
		if (!changed.isEmpty()) {
			logger.warn(
					"Properties changed in the environment but have no effect until a restart: {}. Throttle reads its properties only at startup. To change a rate without a restart, use the actuator endpoint 'throttles'",
					changed);
		}
	}

}
