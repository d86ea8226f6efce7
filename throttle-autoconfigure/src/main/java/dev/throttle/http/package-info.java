/**
 * Calls that go out: sending a refused request again when the server says so.
 */
@NullMarked
package dev.throttle.http;

import org.jspecify.annotations.NullMarked;
