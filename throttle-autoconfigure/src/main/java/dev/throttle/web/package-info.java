/**
 * What Spring MVC and WebFlux share: the event and the log of denials, the headers, the
 * problem, and what is looked for in requests and exception handlers.
 */
@NullMarked
package dev.throttle.web;

import org.jspecify.annotations.NullMarked;
