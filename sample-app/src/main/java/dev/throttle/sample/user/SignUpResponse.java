package dev.throttle.sample.user;

/**
 * What a developer gets on signing up.
 *
 * @param username the name
 * @param apiKey the API key in full, which is shown here only
 */
record SignUpResponse(String username, String apiKey) {
}
