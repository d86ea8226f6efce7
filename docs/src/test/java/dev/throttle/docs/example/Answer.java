package dev.throttle.docs.example;

/**
 * An answer.
 *
 * @param text the text
 * @param tokens what it cost
 */
public record Answer(String text, long tokens) {
}
