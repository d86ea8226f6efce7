package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.remote.OnFailure;
import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of one limit of calls that go out.
 *
 * @since 1.0.0
 */
public class OutgoingProperties {

	/**
	 * Rate of the calls of all instances together, such as "5000/hour". "unlimited" for
	 * no limit.
	 */
	private @Nullable String rate;

	/**
	 * Hosts whose calls are counted together, such as "api.example.com", or
	 * "*.example.com" for its subdomains.
	 */
	private List<String> host = new ArrayList<>();

	/**
	 * Maximum time that a call waits for room before it fails.
	 */
	private Duration maxWait = Duration.ofSeconds(2);

	/**
	 * How to decide about calls while the store fails. By default, the value of
	 * "throttle.on-failure".
	 */
	private @Nullable OnFailure onFailure;

	public @Nullable String getRate() {
		return this.rate;
	}

	public void setRate(@Nullable String rate) {
		this.rate = rate;
	}

	public List<String> getHost() {
		return this.host;
	}

	public void setHost(List<String> host) {
		this.host = host;
	}

	public Duration getMaxWait() {
		return this.maxWait;
	}

	public void setMaxWait(Duration maxWait) {
		this.maxWait = maxWait;
	}

	public @Nullable OnFailure getOnFailure() {
		return this.onFailure;
	}

	public void setOnFailure(@Nullable OnFailure onFailure) {
		this.onFailure = onFailure;
	}

}
