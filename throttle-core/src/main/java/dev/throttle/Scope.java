package dev.throttle;

import java.util.Locale;

/**
 * The name under which a rate is looked up. Case and the separators {@code - _ .} are
 * ignored: {@code api_key}, {@code api-key} and {@code APIKEY}, as in an environment
 * variable, are the same scope.
 *
 * @since 1.0.0
 */
public final class Scope {

	private final String name;

	private final String key;

	private Scope(String name, String key) {
		this.name = name;
		this.key = key;
	}

	/**
	 * Return the scope of a name.
	 * @param name the name
	 * @return the scope
	 * @throws IllegalArgumentException if the name is not made of ASCII letters, digits
	 * and the separators, with at least one letter or digit
	 */
	public static Scope of(String name) {
		return new Scope(name, key(name));
	}

	private static String key(String name) {
		StringBuilder key = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if (isLetterOrDigit(character)) {
				key.append(character);
			}
			else if (character != '-' && character != '_' && character != '.') {
				throw invalid(name);
			}
		}
		if (key.isEmpty()) {
			throw invalid(name);
		}
		return key.toString().toLowerCase(Locale.ROOT);
	}

	private static boolean isLetterOrDigit(char character) {
		return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z'
				|| character >= '0' && character <= '9';
	}

	private static IllegalArgumentException invalid(String name) {
		return new IllegalArgumentException(
				"Invalid scope '" + name + "': write letters and digits, separated by '-', '_' or '.'");
	}

	/**
	 * Return the name.
	 * @return the name, as it was given
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the canonical form of the name, which all of its spellings share.
	 * @return the name in lower case, without separators
	 */
	public String key() {
		return this.key;
	}

	@Override
	public boolean equals(Object other) {
		return this == other || other instanceof Scope that && this.key.equals(that.key);
	}

	@Override
	public int hashCode() {
		return this.key.hashCode();
	}

	/**
	 * Return the name, as it was given.
	 */
	@Override
	public String toString() {
		return this.name;
	}

}
