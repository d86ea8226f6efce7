/**
 * Who is asking: addresses, basic users, access tokens and API keys.
 */
@NullMarked
package dev.throttle.sample.security;

import org.jspecify.annotations.NullMarked;
