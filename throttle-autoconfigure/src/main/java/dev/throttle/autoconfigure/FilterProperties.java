package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of the filter before authentication.
 *
 * @since 1.0.0
 */
public class FilterProperties {

	/**
	 * Names of the throttle beans that are asked before authentication. By default,
	 * "addressRateThrottle" and "apiKeyRateThrottle", if they exist.
	 */
	private @Nullable List<String> throttles;

	/**
	 * Path patterns of the requests to throttle before authentication. By default, all.
	 */
	private List<String> includePaths = new ArrayList<>();

	/**
	 * Path patterns of the requests that are not throttled before authentication.
	 */
	private List<String> excludePaths = new ArrayList<>();

	/**
	 * Name of the request header with the API key that "apiKeyRateThrottle" counts.
	 */
	private @Nullable String apiKeyHeader;

	public @Nullable List<String> getThrottles() {
		return this.throttles;
	}

	public void setThrottles(@Nullable List<String> throttles) {
		this.throttles = throttles;
	}

	public List<String> getIncludePaths() {
		return this.includePaths;
	}

	public void setIncludePaths(List<String> includePaths) {
		this.includePaths = includePaths;
	}

	public List<String> getExcludePaths() {
		return this.excludePaths;
	}

	public void setExcludePaths(List<String> excludePaths) {
		this.excludePaths = excludePaths;
	}

	public @Nullable String getApiKeyHeader() {
		return this.apiKeyHeader;
	}

	public void setApiKeyHeader(@Nullable String apiKeyHeader) {
		this.apiKeyHeader = apiKeyHeader;
	}

}
