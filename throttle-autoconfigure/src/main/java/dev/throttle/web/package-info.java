/**
 * Shared by web stacks: the event and the log of denials, the headers, the problem, the
 * settlements, and checks of requests and exception handlers.
 */
@NullMarked
package dev.throttle.web;

import org.jspecify.annotations.NullMarked;
