/**
 * The routes of Spring Cloud Gateway on Spring MVC.
 */
@NullMarked
package dev.throttle.servlet.gateway;

import org.jspecify.annotations.NullMarked;
