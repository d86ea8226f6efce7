package dev.throttle.sample.report;

/**
 * The number of users and books.
 *
 * @param users the number of users who signed up
 * @param books the number of their books
 */
record Report(long users, long books) {
}
