package dev.throttle.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of what clients are told about their usage.
 *
 * @since 1.0.0
 */
public class UsageProperties {

	/**
	 * Path where clients get what they have used of their quotas, as JSON.
	 */
	private @Nullable String path;

	public @Nullable String getPath() {
		return this.path;
	}

	public void setPath(@Nullable String path) {
		this.path = path;
	}

}
