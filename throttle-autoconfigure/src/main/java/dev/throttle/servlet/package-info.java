/**
 * Throttling on Spring MVC: the filter, the interceptor, the answer to a denied request
 * and the headers.
 */
@NullMarked
package dev.throttle.servlet;

import org.jspecify.annotations.NullMarked;
