/**
 * Determines the address of a client, behind proxies and in IPv6 networks.
 */
@NullMarked
package dev.throttle.client;

import org.jspecify.annotations.NullMarked;
