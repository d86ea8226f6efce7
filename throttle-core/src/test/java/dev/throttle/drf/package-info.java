/**
 * What Django REST framework answers, a model that answers the same, and this project
 * held to that model.
 */
@NullMarked
package dev.throttle.drf;

import org.jspecify.annotations.NullMarked;
