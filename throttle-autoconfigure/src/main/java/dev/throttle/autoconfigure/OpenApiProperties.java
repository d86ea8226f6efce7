package dev.throttle.autoconfigure;

/**
 * Configuration properties of the OpenAPI document.
 *
 * @since 1.0.0
 */
public class OpenApiProperties {

	/**
	 * Whether to describe the limits in the OpenAPI document that springdoc makes.
	 */
	private boolean enabled = true;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

}
