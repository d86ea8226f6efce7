/**
 * Tests of the documentation: links lead somewhere, and snippets compile and run.
 */
@NullMarked
package dev.throttle.docs;

import org.jspecify.annotations.NullMarked;
