package dev.throttle;

import java.util.Locale;

/**
 * The rules for the name under which a rate is looked up.
 *
 * @since 1.0.0
 */
public final class Scope {

	private Scope() {
	}

	/**
	 * Return the form in which scopes are compared: lower case, without the separators
	 * {@code - _ .}, so that {@code api_key}, {@code api-key} and the spelling of an
	 * environment variable are one.
	 * @param scope a scope
	 * @return its canonical form
	 * @throws IllegalArgumentException if the scope is not made of ASCII letters, digits
	 * and the separators, with at least one letter or digit
	 */
	public static String canonical(String scope) {
		StringBuilder canonical = new StringBuilder(scope.length());
		for (int i = 0; i < scope.length(); i++) {
			char character = scope.charAt(i);
			if (isLetterOrDigit(character)) {
				canonical.append(character);
			}
			else if (character != '-' && character != '_' && character != '.') {
				throw invalid(scope);
			}
		}
		if (canonical.isEmpty()) {
			throw invalid(scope);
		}
		return canonical.toString().toLowerCase(Locale.ROOT);
	}

	private static boolean isLetterOrDigit(char character) {
		return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z'
				|| character >= '0' && character <= '9';
	}

	private static IllegalArgumentException invalid(String scope) {
		return new IllegalArgumentException(
				"Invalid scope '" + scope + "': write letters and digits, separated by '-', '_' or '.'");
	}

}
