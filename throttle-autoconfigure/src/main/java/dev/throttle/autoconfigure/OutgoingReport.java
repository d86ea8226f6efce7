package dev.throttle.autoconfigure;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.Scope;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Reports limits of calls that go out where no HTTP client applies them.
 */
final class OutgoingReport implements StartupContributor {

	private static final Logger logger = LoggerFactory.getLogger(OutgoingReport.class);

	private final ConfiguredOutgoing outgoing;

	private final ConfigurableApplicationContext context;

	private final boolean isSlice;

	/**
	 * Create a report.
	 * @param isSlice whether this is a test of a slice of the application, which has no
	 * builders of clients
	 */
	OutgoingReport(ConfiguredOutgoing outgoing, ConfigurableApplicationContext context, boolean isSlice) {
		this.outgoing = outgoing;
		this.context = context;
		this.isSlice = isSlice;
	}

	@Override
	public void check() {
		if (!names().isEmpty() && !isPresent("org.springframework.http.client.ClientHttpRequestInterceptor")
				&& !isPresent("org.springframework.web.reactive.function.client.WebClient")) {
			throw new InvalidThrottleConfigurationException(Mistake.MISSING_DEPENDENCY,
					"The property " + names() + " is set, but no HTTP client of Spring is on the class path.",
					"Add 'org.springframework.boot:spring-boot-starter-restclient' or 'spring-boot-starter-webclient', or on Spring Boot 3 'org.springframework:spring-web'. Or remove the property.");
		}
	}

	@Override
	public void warn() {
		if (!this.isSlice && !names().isEmpty()
				&& Stream.of("throttleRestClientCustomizer", "throttleWebClientCustomizer")
					.noneMatch(this.context::containsBean)) {
			logger.warn(
					"{} is set, but limits only clients to which the application adds a PacingInterceptor or PacingFilter: Spring Boot's builders of RestClient and WebClient are not on the class path. Add 'org.springframework.boot:spring-boot-starter-restclient' or 'spring-boot-starter-webclient' to get them",
					names());
		}
	}

	private boolean isPresent(String type) {
		return ClassUtils.isPresent(type, this.context.getClassLoader());
	}

	private String names() {
		return this.outgoing.scopes()
			.stream()
			.map(Scope::name)
			.map((name) -> "'" + PropertyNames.ofOutgoing(name, "rate") + "'")
			.collect(Collectors.joining(", "));
	}

}
