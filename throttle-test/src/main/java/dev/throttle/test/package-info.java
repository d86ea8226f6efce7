/**
 * For the tests of applications and of backends: a request, a clock that is moved by
 * hand, and the contract that every backend has to meet.
 */
@NullMarked
package dev.throttle.test;

import org.jspecify.annotations.NullMarked;
