package dev.throttle.sample.security;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for tokens.
 *
 * @param key Key that signs tokens, at least 32 bytes in Base64. By default, the one in
 * the file.
 * @param keyFile File of the key, which is made at the first start.
 * @param access Time for which an access token is valid.
 * @param refresh Time for which a refresh token is valid.
 */
@ConfigurationProperties("sample.tokens")
record TokenProperties(@Nullable String key, @DefaultValue("data/token.key") Path keyFile,
		@DefaultValue("15m") Duration access, @DefaultValue("14d") Duration refresh) {
}
