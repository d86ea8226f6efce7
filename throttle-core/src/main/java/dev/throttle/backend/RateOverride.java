package dev.throttle.backend;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A rate that was set at run time and is in force instead of the configured one.
 *
 * @param target what is overridden: a scope in its canonical form, or a plan, a slash and
 * a scope
 * @param rates one rate, or several separated by commas; {@code unlimited} for no limit
 * @param until when it is in force, by the clock of the store; null for no expiry
 * @since 1.0.0
 */
public record RateOverride(String target, String rates, @Nullable Instant until) {
}
