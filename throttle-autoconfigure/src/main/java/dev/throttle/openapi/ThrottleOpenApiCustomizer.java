package dev.throttle.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.throttle.handler.HandlerThrottles;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.responses.ApiResponses;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;

import org.springframework.web.method.HandlerMethod;

/**
 * Documents the limits of each operation: its rates in the description and in the
 * extension {@code x-ratelimit}, and the answer to denied requests. What the application
 * has written itself is kept.
 *
 * @since 1.0.0
 */
public final class ThrottleOpenApiCustomizer implements GlobalOperationCustomizer, GlobalOpenApiCustomizer {

	private static final String EXTENSION = "x-ratelimit";

	private static final String STATUS = "429";

	/** Keeps the throttles of an operation until its path is known. */
	private static final String HANDLERS = "x-throttle-handlers";

	private final DocumentedOperations operations;

	private final DenialDocumentation denials;

	/**
	 * Create a customizer.
	 * @param operations finds the limits of operations
	 * @param denials documents the answer to denied requests
	 */
	public ThrottleOpenApiCustomizer(DocumentedOperations operations, DenialDocumentation denials) {
		this.operations = operations;
		this.denials = denials;
	}

	/**
	 * Find the throttles of a handler. Several handlers may serve one operation, and its
	 * path is not known here.
	 */
	@Override
	public Operation customize(Operation operation, HandlerMethod handler) {
		HandlerThrottles throttles = this.operations.throttles(handler);
		if (throttles != null) {
			List<HandlerThrottles> all = new ArrayList<>(handlers(operation));
			all.add(throttles);
			operation.addExtension(HANDLERS, all);
		}
		return operation;
	}

	@Override
	public void customise(OpenAPI document) {
		if (document.getPaths() == null) {
			return;
		}
		Supplier<Components> components = () -> {
			if (document.getComponents() == null) {
				document.setComponents(new Components());
			}
			return document.getComponents();
		};
		document.getPaths().forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
			List<HandlerThrottles> handlers = handlers(operation);
			remove(operation, HANDLERS);
			OperationLimits limits = this.operations.limits(path, method.name(), handlers);
			if (limits.mayDeny()) {
				document(operation, limits, components.get());
			}
		}));
	}

	private void document(Operation operation, OperationLimits limits, Components components) {
		if (!limits.limits().isEmpty()) {
			String text = LimitText.of(limits.limits());
			String description = operation.getDescription();
			operation
				.setDescription((description == null || description.isBlank()) ? text : description + "\n\n" + text);
			if (extension(operation, EXTENSION) == null) {
				operation.addExtension(EXTENSION, limits.toExtension());
			}
		}
		if (operation.getResponses() == null) {
			operation.setResponses(new ApiResponses());
		}
		if (!operation.getResponses().containsKey(STATUS)) {
			operation.getResponses().addApiResponse(STATUS, this.denials.response(limits, components));
		}
	}

	@SuppressWarnings("unchecked")
	private static List<HandlerThrottles> handlers(Operation operation) {
		Object found = extension(operation, HANDLERS);
		return (found != null) ? (List<HandlerThrottles>) found : List.of();
	}

	private static @Nullable Object extension(Operation operation, String name) {
		Map<String, Object> extensions = operation.getExtensions();
		return (extensions != null) ? extensions.get(name) : null;
	}

	private static void remove(Operation operation, String name) {
		Map<String, Object> extensions = operation.getExtensions();
		if (extensions != null && extensions.remove(name) != null && extensions.isEmpty()) {
			operation.setExtensions(null);
		}
	}

}
