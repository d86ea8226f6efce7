package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties for the identification of clients.
 *
 * @since 1.0.0
 */
public class ClientProperties {

	/**
	 * Number of proxies in front of the application that append to X-Forwarded-For. By
	 * default, the header is ignored.
	 */
	private @Nullable Integer numProxies;

	/**
	 * Address ranges, such as "10.0.0.0/8", of the proxies whose X-Forwarded-For is
	 * trusted. By default, none.
	 */
	private List<String> trustedProxies = new ArrayList<>();

	/**
	 * Name of a header in which the trusted proxies send the client's address, such as
	 * "CF-Connecting-IP". Used instead of X-Forwarded-For. By default, none.
	 */
	private @Nullable String addressHeader;

	/**
	 * Number of leading bits of an IPv6 address that identify a client.
	 */
	private int ipv6Prefix = 64;

	/**
	 * Key for the hashes of secret clients, such as API keys. By default, a random key,
	 * which does not work with a shared backend.
	 */
	private @Nullable String hashSecret;

	public @Nullable Integer getNumProxies() {
		return this.numProxies;
	}

	public void setNumProxies(@Nullable Integer numProxies) {
		this.numProxies = numProxies;
	}

	public List<String> getTrustedProxies() {
		return this.trustedProxies;
	}

	public void setTrustedProxies(List<String> trustedProxies) {
		this.trustedProxies = trustedProxies;
	}

	public @Nullable String getAddressHeader() {
		return this.addressHeader;
	}

	public void setAddressHeader(@Nullable String addressHeader) {
		this.addressHeader = addressHeader;
	}

	public int getIpv6Prefix() {
		return this.ipv6Prefix;
	}

	public void setIpv6Prefix(int ipv6Prefix) {
		this.ipv6Prefix = ipv6Prefix;
	}

	public @Nullable String getHashSecret() {
		return this.hashSecret;
	}

	public void setHashSecret(@Nullable String hashSecret) {
		this.hashSecret = hashSecret;
	}

}
