/**
 * Contacts, whose handlers share one scope.
 */
@NullMarked
package dev.throttle.sample.contact;

import org.jspecify.annotations.NullMarked;
