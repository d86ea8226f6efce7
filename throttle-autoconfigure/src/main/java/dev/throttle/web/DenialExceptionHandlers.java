package dev.throttle.web;

import java.util.List;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.method.annotation.ExceptionHandlerMappingInfo;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/**
 * Finds the exception handlers that name {@link ThrottledException},
 * {@link BackendUnavailableException} or a subclass. General ones are left out.
 *
 * @since 1.0.0
 */
public final class DenialExceptionHandlers {

	private static final List<Class<? extends Exception>> DENIALS = List.of(ThrottledException.class,
			BackendUnavailableException.class);

	private DenialExceptionHandlers() {
	}

	/**
	 * Find the exception handler of one controller or advice.
	 * @param methods its exception handlers
	 * @param exception the denial
	 * @param accepted the media types that the client accepts, the preferred one first
	 * @return the exception handler; null if none names the denial
	 */
	public static @Nullable ExceptionHandlerMappingInfo find(ExceptionHandlerMethodResolver methods,
			Exception exception, List<MediaType> accepted) {
		for (MediaType mediaType : accepted) {
			ExceptionHandlerMappingInfo found = methods.resolveExceptionMapping(exception, mediaType);
			if (found != null && names(found, exception)) {
				return found;
			}
		}
		return null;
	}

	private static boolean names(ExceptionHandlerMappingInfo method, Exception exception) {
		return method.getExceptionTypes()
			.stream()
			.anyMatch((type) -> type.isInstance(exception)
					&& DENIALS.stream().anyMatch((denial) -> denial.isAssignableFrom(type)));
	}

}
