package dev.throttle.autoconfigure;

import java.time.Duration;

import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.engine.SecretIdents;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The validated properties under {@code throttle.redis}.
 */
final class RedisSettings {

	private static final Logger logger = LoggerFactory.getLogger(RedisSettings.class);

	private static final Duration MAX = Duration.ofDays(1);

	private final RedisProperties properties;

	private final ConfiguredScopes scopes;

	private final @Nullable SecretIdents hashedIdents;

	private final String prefix;

	private RedisSettings(RedisProperties properties, String prefix, ConfiguredScopes scopes,
			@Nullable SecretIdents hashedIdents) {
		this.properties = properties;
		this.prefix = prefix;
		this.scopes = scopes;
		this.hashedIdents = hashedIdents;
	}

	/**
	 * Return the settings.
	 * @throws InvalidThrottleConfigurationException if one of them is not valid
	 */
	static RedisSettings of(ThrottleProperties properties, ConfiguredScopes scopes, SecretIdents secretIdents,
			Environment environment) {
		RedisProperties redis = properties.getRedis();
		if (!isBetween(Duration.ofNanos(1), redis.getTimeout())) {
			throw invalid("timeout", text(redis.getTimeout()), "it must be above zero and at most one day",
					"Set it to a duration such as '100ms'.");
		}
		if (!isBetween(Duration.ZERO, redis.getKnownDenials())) {
			throw invalid("known-denials", text(redis.getKnownDenials()), "it must be from zero to one day",
					"Set it to a duration such as '1s', or to '0' to remember no denials.");
		}
		return new RedisSettings(redis, prefix(redis.getKeyPrefix(), environment), scopes,
				redis.isHashIdents() ? checked(secretIdents) : null);
	}

	private static String prefix(@Nullable String given, Environment environment) {
		if (given == null) {
			return defaultPrefix(environment.getProperty("spring.application.name"));
		}
		if (!StringUtils.hasText(given) || given.matches(".*[{}].*")) {
			throw invalid("key-prefix", given,
					"it must not be empty or contain braces, which select the slot of a key in a cluster",
					"Set it to a value without braces, such as 'throttle'.");
		}
		return given;
	}

	/**
	 * Return the prefix of an application, unique for its name.
	 */
	private static String defaultPrefix(@Nullable String application) {
		if (!StringUtils.hasText(application)) {
			logger.warn("The application has no name, so it shares its counts in Redis with all other applications "
					+ "without one: their keys begin with '{}'. Set 'spring.application.name' or 'throttle.redis.key-prefix'",
					RedisCacheBackend.DEFAULT_PREFIX);
			return RedisCacheBackend.DEFAULT_PREFIX;
		}
		return RedisCacheBackend.DEFAULT_PREFIX + ":"
				+ application.replace("%", "%25").replace("{", "%7b").replace("}", "%7d");
	}

	private static SecretIdents checked(SecretIdents secretIdents) {
		if (secretIdents.isRandom()) {
			throw new InvalidThrottleConfigurationException(
					"The property 'throttle.redis.hash-idents' is 'true', but there is no key to hash them with.",
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

	private static InvalidThrottleConfigurationException invalid(String property, String value, String reason,
			String action) {
		return new InvalidThrottleConfigurationException(
				"The property 'throttle.redis." + property + "' is '" + value + "', but " + reason + ".", action);
	}

	RedisCacheBackend.Builder apply(RedisCacheBackend.Builder builder) {
		builder.timeout(this.properties.getTimeout())
			.knownDenials(this.properties.getKnownDenials())
			.prefix(this.prefix)
			.onFailure(this.scopes::onFailure);
		return (this.hashedIdents != null) ? builder.idents(this.hashedIdents::pseudonym) : builder;
	}

}
