package dev.throttle.sample.user;

/**
 * The answer to a sign-up.
 *
 * @param username the name
 * @param apiKey the full API key, which is shown only here
 */
record SignUpResponse(String username, String apiKey) {
}
