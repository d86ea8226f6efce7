package dev.throttle.drf;

/**
 * A rate as Django REST framework reads it, which looks at the first letter of the
 * period.
 *
 * @param limit the permits in a period
 * @param periodNanos the period in nanoseconds
 */
record ModelRate(long limit, long periodNanos) {

	static ModelRate parse(String text) {
		int slash = text.indexOf('/');
		long seconds = switch (text.charAt(slash + 1)) {
			case 's' -> 1;
			case 'm' -> 60;
			case 'h' -> 60 * 60;
			case 'd' -> 24 * 60 * 60;
			default -> throw new IllegalArgumentException("Not a rate: " + text);
		};
		return new ModelRate(Long.parseLong(text.substring(0, slash)), seconds * 1_000_000_000);
	}

}
