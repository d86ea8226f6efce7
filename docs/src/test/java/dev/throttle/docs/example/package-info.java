/**
 * Types of an application that the snippets use.
 */
@NullMarked
package dev.throttle.docs.example;

import org.jspecify.annotations.NullMarked;
