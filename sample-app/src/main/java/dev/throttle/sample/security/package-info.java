/**
 * Authentication and access rules: HTTP Basic users and access tokens.
 */
@NullMarked
package dev.throttle.sample.security;

import org.jspecify.annotations.NullMarked;
