package dev.throttle.http;

import java.net.URI;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Hosts that are named, or all where none is. {@code *.example.com} names the subdomains
 * of {@code example.com}, at any depth.
 */
final class HostNames {

	private static final String WILDCARD = "*.";

	private final Set<String> names = new HashSet<>();

	private final Set<String> domains = new HashSet<>();

	/**
	 * Create host names.
	 * @param hosts the names; empty for all
	 * @throws IllegalArgumentException if one is not a name
	 */
	HostNames(Collection<String> hosts) {
		for (String host : hosts) {
			String name = host.trim().toLowerCase(Locale.ROOT);
			boolean isDomain = name.startsWith(WILDCARD);
			String plain = isDomain ? name.substring(WILDCARD.length()) : name;
			if (!isName(plain)) {
				throw new IllegalArgumentException("'" + host + "' is not the name of a host");
			}
			(isDomain ? this.domains : this.names).add(plain);
		}
	}

	boolean include(URI uri) {
		if (this.names.isEmpty() && this.domains.isEmpty()) {
			return true;
		}
		if (uri.getHost() == null) {
			return false;
		}
		String host = uri.getHost().toLowerCase(Locale.ROOT);
		if (this.names.contains(host)) {
			return true;
		}
		for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
			if (this.domains.contains(host.substring(dot + 1))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isName(String name) {
		try {
			return name.equals(URI.create("http://" + name + "/").getHost());
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
