package dev.throttle.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;

/**
 * Reads the property {@code throttle.retry-after-jitter}.
 */
final class RetryAfterJitter {

	private static final Pattern SHARE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(%?)");

	private RetryAfterJitter() {
	}

	/**
	 * Return the share, from 0 to 1.
	 * @throws InvalidThrottleConfigurationException if the value is not such a share
	 */
	static double share(String value) {
		Matcher matcher = SHARE.matcher(value.trim());
		if (matcher.matches()) {
			double share = Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100);
			if (share <= 1) {
				return share;
			}
		}
		throw new InvalidThrottleConfigurationException(
				"The property 'throttle.retry-after-jitter' is '" + value + "', which is not a share of a wait.",
				"Write a share from 0% to 100%, such as '10%' or '0.1'.");
	}

}
