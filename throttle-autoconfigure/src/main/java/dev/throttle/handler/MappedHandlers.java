package dev.throttle.handler;

import java.util.List;

import org.springframework.context.ApplicationContext;
import org.springframework.web.method.HandlerMethod;

/**
 * Finds the application's handlers in its handler mappings.
 *
 * @since 1.0.0
 */
public interface MappedHandlers {

	/**
	 * Determine the throttles of the handlers of an application context and its parents.
	 * @param context the application
	 * @return the handler methods, without those of error controllers; once for each
	 * mapping
	 */
	List<HandlerMethod> addHandlers(ApplicationContext context);

	/**
	 * Return whether an application may have handlers that are unknown until their first
	 * request.
	 * @param context the application
	 * @return whether it may
	 */
	boolean mayBeIncomplete(ApplicationContext context);

	/**
	 * Return whether the last search could not read all handlers, because a source of
	 * them failed or did not answer in time.
	 * @return whether some are missing
	 */
	default boolean areSomeMissing() {
		return false;
	}

}
