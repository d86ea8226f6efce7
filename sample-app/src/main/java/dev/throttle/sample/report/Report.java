package dev.throttle.sample.report;

/**
 * What the service holds.
 *
 * @param users the number of users who signed up
 * @param books the number of their books
 */
record Report(long users, long books) {
}
