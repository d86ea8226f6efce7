package dev.throttle.docs.example;

/**
 * An order.
 *
 * @param id its number
 */
public record Order(long id) {
}
