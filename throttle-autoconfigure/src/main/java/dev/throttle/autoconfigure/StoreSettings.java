package dev.throttle.autoconfigure;

import java.time.Duration;

import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.engine.SecretIdents;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The validated properties of a store outside the process.
 */
final class StoreSettings {

	private static final Logger logger = LoggerFactory.getLogger(StoreSettings.class);

	private static final Duration MAX = Duration.ofDays(1);

	private final StoreProperties properties;

	private final ConfiguredScopes scopes;

	private final String prefix;

	private final @Nullable SecretIdents hashedIdents;

	private StoreSettings(StoreProperties properties, ConfiguredScopes scopes, String prefix,
			@Nullable SecretIdents hashedIdents) {
		this.properties = properties;
		this.scopes = scopes;
		this.prefix = prefix;
		this.hashedIdents = hashedIdents;
	}

	/**
	 * Return the settings.
	 * @param group where the properties are, such as {@code throttle.redis}
	 * @param store the name of the store
	 * @throws InvalidThrottleConfigurationException if one of them is not valid
	 */
	static StoreSettings of(String group, String store, StoreProperties properties, ConfiguredScopes scopes,
			SecretIdents secretIdents, Environment environment) {
		if (!isBetween(Duration.ofNanos(1), properties.getTimeout())) {
			throw invalid(group + ".timeout", text(properties.getTimeout()),
					"it must be above zero and at most one day", "Set it to a duration such as '100ms'.");
		}
		if (!isBetween(Duration.ZERO, properties.getKnownDenials())) {
			throw invalid(group + ".known-denials", text(properties.getKnownDenials()),
					"it must be from zero to one day",
					"Set it to a duration such as '1s', or to '0' to remember no denials.");
		}
		String prefix = properties.getKeyPrefix();
		return new StoreSettings(properties, scopes,
				(prefix != null) ? checked(prefix, group)
						: defaultPrefix(environment.getProperty("spring.application.name"), group, store),
				properties.isHashIdents() ? checked(secretIdents, group) : null);
	}

	private static String checked(String prefix, String group) {
		if (!StringUtils.hasText(prefix) || prefix.matches(".*[{}].*")) {
			throw invalid(group + ".key-prefix", prefix,
					"it must not be empty or contain braces, which enclose the client in a key",
					"Set it to a value without braces, such as 'throttle'.");
		}
		return prefix;
	}

	/**
	 * Return the prefix of an application, unique for its name.
	 */
	private static String defaultPrefix(@Nullable String application, String group, String store) {
		if (!StringUtils.hasText(application)) {
			logger.warn("The application has no name, so it shares its counts in {} with all other applications "
					+ "without one: their keys begin with '{}'. Set 'spring.application.name' or '{}.key-prefix'",
					store, RemoteBackendBuilder.DEFAULT_PREFIX, group);
			return RemoteBackendBuilder.DEFAULT_PREFIX;
		}
		return RemoteBackendBuilder.DEFAULT_PREFIX + ":"
				+ application.replace("%", "%25").replace("{", "%7b").replace("}", "%7d");
	}

	private static SecretIdents checked(SecretIdents secretIdents, String group) {
		if (secretIdents.isRandom()) {
			throw new InvalidThrottleConfigurationException(Mistake.MISSING_HASH_SECRET,
					"The property '" + group + ".hash-idents' is 'true', but there is no key to hash them with.",
					"Set the property 'throttle.client.hash-secret', or the environment variable THROTTLE_CLIENT_HASHSECRET, to a long random value, the same in every instance of the application.");
		}
		return secretIdents;
	}

	private static boolean isBetween(Duration min, Duration value) {
		return value.compareTo(min) >= 0 && value.compareTo(MAX) <= 0;
	}

	private static String text(Duration value) {
		return DurationStyle.SIMPLE.print(value);
	}

	/**
	 * Return an exception that names a property and its value.
	 */
	static InvalidThrottleConfigurationException invalid(String property, String value, String reason, String action) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
				"The property '" + property + "' is '" + value + "', but " + reason + ".", action);
	}

	/**
	 * Set what all stores have.
	 */
	<B extends RemoteBackendBuilder<B>> B apply(B builder) {
		return builder.prefix(this.prefix)
			.idents((this.hashedIdents != null) ? this.hashedIdents::pseudonym : null)
			.timeout(this.properties.getTimeout())
			.knownDenials(this.properties.getKnownDenials())
			.onFailure(this.scopes::onFailure);
	}

}
