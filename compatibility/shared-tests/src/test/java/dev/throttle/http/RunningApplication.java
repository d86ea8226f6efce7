package dev.throttle.http;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application with properties of its own, for the time of a test.
 */
final class RunningApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private RunningApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application.
	 * @param source its configuration
	 * @param properties its properties, as in {@code throttle.rates.user=2/min}
	 */
	static RunningApplication start(Class<?> source, String... properties) {
		return new RunningApplication(new SpringApplicationBuilder(source).main(source)
			.properties("server.port=0")
			.properties(properties)
			.run());
	}

	Caller caller() {
		return Caller.of(port("local.server.port"));
	}

	int port(String property) {
		return this.context.getEnvironment().getRequiredProperty(property, Integer.class);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Object bean(String name) {
		return this.context.getBean(name);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
