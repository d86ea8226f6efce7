/**
 * Developers: sign-up and login.
 */
@NullMarked
package dev.throttle.sample.user;

import org.jspecify.annotations.NullMarked;
