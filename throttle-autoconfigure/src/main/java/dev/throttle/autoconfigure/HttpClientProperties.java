package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Configuration properties of calls that go out.
 *
 * @since 1.0.0
 */
public class HttpClientProperties {

	private final Retry retry = new Retry();

	public Retry getRetry() {
		return this.retry;
	}

	/**
	 * How refused requests are sent again.
	 */
	public static class Retry {

		/**
		 * Whether to send a request again that was answered with 429 or 503 and
		 * Retry-After.
		 */
		private boolean enabled;

		/**
		 * Maximum number of times that a request is sent again.
		 */
		private int maxRetries = 3;

		/**
		 * Maximum sum of the waits that a request is told. If it would be longer, the
		 * caller gets the answer.
		 */
		private Duration maxWait = Duration.ofSeconds(30);

		/**
		 * Maximum share of retries in all requests, such as "10%".
		 */
		private String budget = "10%";

		/**
		 * Hosts whose answers are waited for, such as "api.example.com", or
		 * "*.example.com" for its subdomains. By default, all.
		 */
		private List<String> hosts = new ArrayList<>();

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getMaxRetries() {
			return this.maxRetries;
		}

		public void setMaxRetries(int maxRetries) {
			this.maxRetries = maxRetries;
		}

		public Duration getMaxWait() {
			return this.maxWait;
		}

		public void setMaxWait(Duration maxWait) {
			this.maxWait = maxWait;
		}

		public String getBudget() {
			return this.budget;
		}

		public void setBudget(String budget) {
			this.budget = budget;
		}

		public List<String> getHosts() {
			return this.hosts;
		}

		public void setHosts(List<String> hosts) {
			this.hosts = hosts;
		}

	}

}
