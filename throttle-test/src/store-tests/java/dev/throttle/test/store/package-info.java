/**
 * What the tests of stores outside the process share: plain histories to compare with,
 * random requests, clocks that can be set, and servers in containers.
 */
@NullMarked
package dev.throttle.test.store;

import org.jspecify.annotations.NullMarked;
