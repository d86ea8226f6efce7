package dev.throttle.sample.problem;

/**
 * What is wrong with a field of a request.
 *
 * @param field the field's name
 * @param message what is wrong
 */
public record FieldProblem(String field, String message) {
}
