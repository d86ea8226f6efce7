/**
 * Who is asking: addresses, proxies and prefixes.
 */
@NullMarked
package dev.throttle.client;

import org.jspecify.annotations.NullMarked;
