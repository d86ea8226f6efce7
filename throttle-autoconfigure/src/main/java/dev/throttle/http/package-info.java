/**
 * Calls that go out: pacing them, and sending a refused one again when the server says
 * so.
 */
@NullMarked
package dev.throttle.http;

import org.jspecify.annotations.NullMarked;
