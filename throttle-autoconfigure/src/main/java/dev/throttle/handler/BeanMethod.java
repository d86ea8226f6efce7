package dev.throttle.handler;

import java.lang.reflect.Method;

/**
 * A method of a bean.
 *
 * @param bean the name of the bean
 * @param type the class of the bean
 * @param method the method
 * @since 1.0.0
 */
public record BeanMethod(String bean, Class<?> type, Method method) {
}
