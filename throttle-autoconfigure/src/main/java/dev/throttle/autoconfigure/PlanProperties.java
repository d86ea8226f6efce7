package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of one plan.
 *
 * @since 1.0.0
 */
public class PlanProperties {

	/**
	 * Rates by scope, which replace the usual ones for clients of the plan. "unlimited"
	 * for no limit.
	 */
	private final Map<String, String> rates = new LinkedHashMap<>();

	/**
	 * Authorities of Spring Security whose users have the plan.
	 */
	private List<String> authorities = new ArrayList<>();

	/**
	 * Clients that have the plan: addresses such as "192.0.2.1", networks such as
	 * "10.1.0.0/16", and users such as "user:alice".
	 */
	private List<String> clients = new ArrayList<>();

	/**
	 * Whether to only measure the rates, beside the usual ones.
	 */
	private @Nullable Boolean shadow;

	public Map<String, String> getRates() {
		return this.rates;
	}

	public List<String> getAuthorities() {
		return this.authorities;
	}

	public void setAuthorities(List<String> authorities) {
		this.authorities = authorities;
	}

	public List<String> getClients() {
		return this.clients;
	}

	public void setClients(List<String> clients) {
		this.clients = clients;
	}

	public @Nullable Boolean getShadow() {
		return this.shadow;
	}

	public void setShadow(@Nullable Boolean shadow) {
		this.shadow = shadow;
	}

	/**
	 * Return these properties, with those that are not set taken from others.
	 */
	PlanProperties over(PlanProperties others) {
		PlanProperties merged = new PlanProperties();
		merged.rates.putAll(others.rates);
		merged.rates.putAll(this.rates);
		merged.authorities = this.authorities.isEmpty() ? others.authorities : this.authorities;
		merged.clients = this.clients.isEmpty() ? others.clients : this.clients;
		merged.shadow = (this.shadow != null) ? this.shadow : others.shadow;
		return merged;
	}

}
