package dev.throttle.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;

/**
 * Reads properties whose values are shares, such as {@code 10%}.
 */
final class Share {

	private static final Pattern SHARE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(%?)");

	private Share() {
	}

	/**
	 * Return the share, from 0 to 1.
	 * @throws InvalidThrottleConfigurationException if the value is not such a share
	 */
	static double of(String property, String value) {
		Matcher matcher = SHARE.matcher(value.trim());
		if (matcher.matches()) {
			double share = Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100);
			if (share <= 1) {
				return share;
			}
		}
		throw new InvalidThrottleConfigurationException(Mistake.INVALID_VALUE,
				"The property '" + property + "' is '" + value + "', which is not a share.",
				"Write a share from 0% to 100%, such as '10%' or '0.1'.");
	}

}
