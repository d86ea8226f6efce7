/**
 * Who is asking: addresses, basic users and access tokens.
 */
@NullMarked
package dev.throttle.sample.security;

import org.jspecify.annotations.NullMarked;
