/**
 * What springdoc's OpenAPI document says about limits.
 */
@NullMarked
package dev.throttle.openapi;

import org.jspecify.annotations.NullMarked;
