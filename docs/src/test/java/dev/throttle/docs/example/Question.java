package dev.throttle.docs.example;

/**
 * A question.
 *
 * @param text the text
 */
public record Question(String text) {
}
