package dev.throttle.sample.security;

/**
 * The claims of a refresh token.
 *
 * @param login the login that it belongs to
 * @param id its identifier within that login
 * @param username the name of the user
 */
public record RefreshToken(String login, String id, String username) {
}
