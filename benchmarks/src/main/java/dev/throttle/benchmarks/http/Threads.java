package dev.throttle.benchmarks.http;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The threads that run the handlers of an application, and what throttling may cost
 * there.
 */
enum Threads {

	/** Spring MVC on Tomcat. */
	PLATFORM("platform threads", 0.95, 1.08, List.of("--spring.main.web-application-type=servlet")),

	/** Spring MVC on Tomcat. */
	VIRTUAL("virtual threads", 0.95, 1.08,
			List.of("--spring.main.web-application-type=servlet", "--spring.threads.virtual.enabled=true")),

	/** WebFlux on Netty, which Spring Boot only uses where there is no Tomcat. */
	EVENT_LOOPS("event loops", 0.92, 1.12, List
		.of("--spring.main.web-application-type=reactive", "--spring.autoconfigure.exclude="
				+ "org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration"));

	/** The first version whose virtual threads do not hold a carrier in a monitor. */
	private static final int VIRTUAL_SINCE = 24;

	private final String text;

	private final double leastThroughput;

	private final double mostCpu;

	private final List<String> arguments;

	Threads(String text, double leastThroughput, double mostCpu, List<String> arguments) {
		this.text = text;
		this.leastThroughput = leastThroughput;
		this.mostCpu = mostCpu;
		this.arguments = arguments;
	}

	/**
	 * Return what an option chooses.
	 * @param chosen the name of one; empty for all that this JDK can measure
	 */
	static List<Threads> chosen(String chosen) {
		List<Threads> possible = Stream.of(values())
			.filter((threads) -> threads != VIRTUAL || Runtime.version().feature() >= VIRTUAL_SINCE)
			.toList();
		List<Threads> found = possible.stream()
			.filter((threads) -> chosen.isEmpty() || threads.option().equals(chosen))
			.toList();
		if (found.isEmpty()) {
			throw new IllegalArgumentException("--threads must be one of "
					+ possible.stream().map(Threads::option).toList() + " on this JDK but is '" + chosen + "'");
		}
		return found;
	}

	private String option() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	boolean isServlet() {
		return this != EVENT_LOOPS;
	}

	/**
	 * Return the least throughput of an application whose requests are allowed, relative
	 * to the same application without throttling.
	 */
	double leastThroughput() {
		return this.leastThroughput;
	}

	/**
	 * Return the most CPU time of an allowed request, relative to the same application
	 * without throttling.
	 */
	double mostCpu() {
		return this.mostCpu;
	}

	/**
	 * Return the arguments with which an application uses these threads.
	 */
	List<String> arguments() {
		return this.arguments;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
