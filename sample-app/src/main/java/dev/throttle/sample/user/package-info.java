/**
 * Developers: how they sign up and log in.
 */
@NullMarked
package dev.throttle.sample.user;

import org.jspecify.annotations.NullMarked;
