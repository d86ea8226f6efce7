package dev.throttle.client;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Determines the client address of a request. By default, it is the remote address of the
 * connection. X-Forwarded-For is trusted only as far as
 * {@linkplain Builder#numProxies(Integer) a number of proxies} or
 * {@linkplain Builder#trustedProxies(List) their addresses} allow, and
 * {@linkplain Builder#addressHeader(String) another header} only if a trusted proxy sends
 * it. Immutable and safe for use by several threads.
 *
 * @since 1.0.0
 */
public final class ClientAddressResolver {

	/**
	 * The default prefix length of IPv6 networks: that of a subnet, in which a host can
	 * change its address at will (RFC 8981).
	 */
	public static final int DEFAULT_IPV6_PREFIX = 64;

	private static final String FORWARDED_FOR = "X-Forwarded-For";

	private static final String UNKNOWN = "unknown";

	private static final int MAX_LENGTH = 128;

	private final int numProxies;

	private final List<Cidr> trustedProxies;

	private final @Nullable String addressHeader;

	private final int ipv6Prefix;

	private final boolean configured;

	private ClientAddressResolver(Builder builder) {
		this.configured = builder.numProxies != null || !builder.trustedProxies.isEmpty();
		this.numProxies = (builder.numProxies != null) ? builder.numProxies : 0;
		this.trustedProxies = builder.trustedProxies;
		this.addressHeader = builder.addressHeader;
		this.ipv6Prefix = builder.ipv6Prefix;
	}

	/**
	 * Return a builder.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the header that {@link #resolve} needs.
	 * @return the name of the header; null for none
	 */
	public @Nullable String header() {
		if (this.addressHeader != null) {
			return this.addressHeader;
		}
		return (this.numProxies > 0 || !this.trustedProxies.isEmpty()) ? FORWARDED_FOR : null;
	}

	/**
	 * Return the client address of a request.
	 * @param remoteAddress the remote address of the connection, null or empty if there
	 * is none
	 * @param headerLines the values of all lines of the {@linkplain #header() header} in
	 * their order, empty if it is absent
	 * @return an IPv4 address, also for a NAT64 address; an IPv6 network as in
	 * {@code 2001:db8::/64}, or an IPv6 address if the prefix is 128; if the remote
	 * address is not an IP address, its text, cut to 128 characters, or {@code unknown}
	 * if it is empty
	 */
	public String resolve(@Nullable String remoteAddress, List<String> headerLines) {
		if (headerLines.isEmpty() || header() == null) {
			return ident(remoteAddress);
		}
		IpAddress client = (this.addressHeader != null) ? sentByTrusted(remoteAddress, headerLines)
				: this.trustedProxies.isEmpty() ? countedFromTheRight(headerLines)
						: firstNotTrusted(remoteAddress, headerLines);
		return (client != null) ? client.ident(this.ipv6Prefix) : ident(remoteAddress);
	}

	/**
	 * Return whether the proxies are configured, including a number of 0.
	 * @return whether a number of proxies or their networks are set
	 */
	public boolean isConfigured() {
		return this.configured;
	}

	/**
	 * Return the client address for an address, as {@link #resolve} does.
	 * @param text an address, or a result of this method
	 * @return an IPv4 address, an IPv6 network, or an IPv6 address if the prefix is 128;
	 * null if the text is not an address
	 */
	public @Nullable String address(String text) {
		String suffix = "/" + this.ipv6Prefix;
		IpAddress address = parse(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
		return (address != null) ? address.ident(this.ipv6Prefix) : null;
	}

	/**
	 * Describe how the client address is determined.
	 * @return a noun phrase
	 */
	public String description() {
		if (this.addressHeader != null) {
			return "the address in " + this.addressHeader + ", if a trusted proxy sends it (" + proxies() + ")";
		}
		if (!this.trustedProxies.isEmpty()) {
			return "the last entry of X-Forwarded-For that is not a trusted proxy (" + proxies() + ")";
		}
		return switch (this.numProxies) {
			case 0 -> "the address that the connection comes from";
			case 1 -> "the last entry of X-Forwarded-For, which 1 proxy adds";
			default -> "entry " + this.numProxies + " from the end of X-Forwarded-For, to which " + this.numProxies
					+ " proxies add";
		};
	}

	private String proxies() {
		return this.trustedProxies.stream().map(Cidr::toString).collect(Collectors.joining(", "));
	}

	/**
	 * Return the address in a header of one line; null if no trusted proxy sends it.
	 */
	private @Nullable IpAddress sentByTrusted(@Nullable String remoteAddress, List<String> lines) {
		IpAddress sender = parse(remoteAddress);
		return (sender != null && isTrusted(sender) && lines.size() == 1) ? parse(lines.get(0)) : null;
	}

	private @Nullable IpAddress countedFromTheRight(List<String> forwardedForLines) {
		ForwardedFor entries = new ForwardedFor(forwardedForLines);
		for (int i = 0; i < this.numProxies; i++) {
			if (!entries.previous()) {
				return null;
			}
		}
		return entries.address();
	}

	private @Nullable IpAddress firstNotTrusted(@Nullable String remoteAddress, List<String> forwardedForLines) {
		IpAddress client = parse(remoteAddress);
		ForwardedFor entries = new ForwardedFor(forwardedForLines);
		while (client != null && isTrusted(client) && entries.previous()) {
			client = entries.address();
		}
		return client;
	}

	/**
	 * Return whether an address is that of a trusted proxy. A NAT64 address counts as its
	 * IPv4 address, unless that is private: 64:ff9b::127.0.0.1 is not this host.
	 */
	private boolean isTrusted(IpAddress address) {
		IpAddress ipv4 = address.withoutNat64();
		IpAddress sender = (!address.isIpv4() && PrivateNetworks.isNotGlobal(ipv4)) ? address : ipv4;
		for (Cidr trusted : this.trustedProxies) {
			if (trusted.contains(sender)) {
				return true;
			}
		}
		return false;
	}

	private String ident(@Nullable String remoteAddress) {
		if (remoteAddress != null && AddressParser.isIpv4(remoteAddress)) {
			return remoteAddress;
		}
		IpAddress address = parse(remoteAddress);
		if (address != null) {
			return address.ident(this.ipv6Prefix);
		}
		String text = (remoteAddress != null) ? remoteAddress.trim() : "";
		return text.isEmpty() ? UNKNOWN : text.substring(0, Math.min(text.length(), MAX_LENGTH));
	}

	private static @Nullable IpAddress parse(@Nullable String remoteAddress) {
		return (remoteAddress != null) ? AddressParser.parseHost(remoteAddress, 0, remoteAddress.length()) : null;
	}

	/**
	 * Builds a resolver. By default, X-Forwarded-For is ignored.
	 */
	public static final class Builder {

		private @Nullable Integer numProxies;

		private List<Cidr> trustedProxies = List.of();

		private @Nullable String addressHeader;

		private int ipv6Prefix = DEFAULT_IPV6_PREFIX;

		private Builder() {
		}

		/**
		 * Set the number of proxies in front of the application, like {@code NUM_PROXIES}
		 * in Django REST framework: the client is that entry of X-Forwarded-For, counted
		 * from the last. If there are fewer entries, the request bypassed a proxy, and
		 * the client is the remote address of the connection. The entry can be trusted
		 * only if every request passes through all proxies.
		 * @param numProxies the number, 0 to ignore X-Forwarded-For, null if it is not
		 * set
		 * @return this builder
		 * @throws IllegalArgumentException if the number is negative
		 */
		public Builder numProxies(@Nullable Integer numProxies) {
			if (numProxies != null && numProxies < 0) {
				throw new IllegalArgumentException("'numProxies' must be at least 0 but is " + numProxies
						+ "; write the number of proxies in front of the application, or 0 to ignore X-Forwarded-For");
			}
			this.numProxies = numProxies;
			return this;
		}

		/**
		 * Set the networks of the proxies. The client is the first address outside of
		 * these networks, starting with the remote address of the connection and going on
		 * with X-Forwarded-For from its last entry to its first. If all addresses are
		 * inside, the client is the first entry. Do not list a network that contains
		 * clients: they could forge their address. A network therefore has at least 8
		 * bits for IPv4 and 7 for IPv6, the widest networks without clients from the
		 * Internet.
		 * @param trustedProxies the networks, such as {@code 10.0.0.0/8} and
		 * {@code 2001:db8::/32}, or single addresses; empty if they are not set
		 * @return this builder
		 * @throws IllegalArgumentException if one is not a network, or is too wide
		 */
		public Builder trustedProxies(List<String> trustedProxies) {
			this.trustedProxies = trustedProxies.stream().map(Cidr::parseTrusted).toList();
			return this;
		}

		/**
		 * Set a header in which a proxy sends the client's address, such as
		 * {@code CF-Connecting-IP}. X-Forwarded-For is then ignored. The header is
		 * believed only if the connection comes from a trusted proxy, and if it is one
		 * line with one address. Otherwise, the client is the remote address of the
		 * connection. Every trusted proxy must replace the header of its clients, or
		 * remove it.
		 * @param addressHeader the name of the header, null if it is not set
		 * @return this builder
		 */
		public Builder addressHeader(@Nullable String addressHeader) {
			this.addressHeader = addressHeader;
			return this;
		}

		/**
		 * Set the prefix length of IPv6 networks, each of which is counted as one client.
		 * @param ipv6Prefix the prefix length, from 1 to 128; with 128 each address is a
		 * client
		 * @return this builder
		 * @throws IllegalArgumentException if the length is out of range
		 */
		public Builder ipv6Prefix(int ipv6Prefix) {
			if (ipv6Prefix < 1 || ipv6Prefix > 128) {
				throw new IllegalArgumentException("'ipv6Prefix' must be from 1 to 128 but is " + ipv6Prefix
						+ "; write 64 to count each network as one client, or 128 to count each address");
			}
			this.ipv6Prefix = ipv6Prefix;
			return this;
		}

		/**
		 * Return the resolver.
		 * @return the resolver
		 * @throws IllegalArgumentException if both a number of proxies and their networks
		 * are set, or a header without trusted proxies
		 */
		public ClientAddressResolver build() {
			if (this.numProxies != null && !this.trustedProxies.isEmpty()) {
				throw new IllegalArgumentException(
						"Both 'numProxies' and 'trustedProxies' are set; remove 'numProxies' "
								+ "if the addresses of the proxies are known, else remove 'trustedProxies'");
			}
			if (this.addressHeader != null && this.trustedProxies.isEmpty()) {
				throw new IllegalArgumentException(
						"'addressHeader' is set without 'trustedProxies'; set the networks of the proxies that send it");
			}
			return new ClientAddressResolver(this);
		}

	}

}
