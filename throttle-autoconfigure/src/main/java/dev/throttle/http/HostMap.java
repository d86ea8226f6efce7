package dev.throttle.http;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Values by host. {@code *.example.com} stands for the subdomains of {@code example.com},
 * at any depth. The value of a host that several names fit is that of the longest.
 *
 * @param <T> the type of the values
 */
final class HostMap<T> {

	private static final String WILDCARD = "*.";

	private final Map<String, T> names = new HashMap<>();

	private final Map<String, T> domains = new HashMap<>();

	/**
	 * Add a value.
	 * @param host the name of the host
	 * @return the value that the name had before, which is replaced
	 * @throws IllegalArgumentException if it is not a name
	 */
	@Nullable T put(String host, T value) {
		String name = host.trim().toLowerCase(Locale.ROOT);
		boolean isDomain = name.startsWith(WILDCARD);
		String plain = isDomain ? name.substring(WILDCARD.length()) : name;
		if (!isName(plain)) {
			throw new IllegalArgumentException("'" + host + "' is not the name of a host");
		}
		return (isDomain ? this.domains : this.names).put(plain, value);
	}

	@Nullable T get(URI uri) {
		if (uri.getHost() == null) {
			return null;
		}
		String host = uri.getHost().toLowerCase(Locale.ROOT);
		T value = this.names.get(host);
		for (int dot = host.indexOf('.'); value == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
			value = this.domains.get(host.substring(dot + 1));
		}
		return value;
	}

	boolean isEmpty() {
		return this.names.isEmpty() && this.domains.isEmpty();
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
