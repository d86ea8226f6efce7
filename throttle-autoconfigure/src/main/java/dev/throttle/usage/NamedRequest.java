package dev.throttle.usage;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import org.jspecify.annotations.Nullable;

/**
 * A request of which nothing is known but its user or its address.
 *
 * @param user the user; null for an anonymous request
 * @param address the address, as of a connection without one if it is not known
 * @param counted the client, as it is counted
 * @param isOfUserOrAddress whether either is known
 */
record NamedRequest(@Nullable String user, String address, Client counted,
		boolean isOfUserOrAddress) implements ThrottleRequest {

	static NamedRequest of(Client client, ClientAddressResolver addresses) {
		String unknown = addresses.resolve(null, List.of());
		String ident = client.plainIdent();
		return switch (client.isSecret() ? "" : client.kind()) {
			case Client.USER -> new NamedRequest(ident, unknown, client, true);
			case Client.ADDRESS -> ofAddress(address(ident, addresses));
			default -> new NamedRequest(null, unknown, client, false);
		};
	}

	private static NamedRequest ofAddress(String address) {
		return new NamedRequest(null, address, Client.address(address), true);
	}

	private static String address(String ident, ClientAddressResolver addresses) {
		String address = addresses.address(ident);
		if (address == null) {
			throw new IllegalArgumentException("The client '" + ident + "' is not an address");
		}
		return address;
	}

	@Override
	public String method() {
		return "GET";
	}

	@Override
	public String path() {
		return "/";
	}

	@Override
	public @Nullable String header(String name) {
		return null;
	}

	@Override
	public @Nullable Principal principal() {
		String name = this.user;
		return (name != null) ? () -> name : null;
	}

	@Override
	public OptionalLong contentLength() {
		return OptionalLong.empty();
	}

	@Override
	public List<Scope> scopes() {
		return List.of();
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return null;
	}

}
