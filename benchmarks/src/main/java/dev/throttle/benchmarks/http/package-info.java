/**
 * What throttling costs an application that answers over HTTP.
 */
@NullMarked
package dev.throttle.benchmarks.http;

import org.jspecify.annotations.NullMarked;
