package dev.throttle.sample.security;

/**
 * What a refresh token says.
 *
 * @param login the log-in that it continues
 * @param id what tells it from the others of that log-in
 * @param username the name of the user
 */
public record RefreshToken(String login, String id, String username) {
}
