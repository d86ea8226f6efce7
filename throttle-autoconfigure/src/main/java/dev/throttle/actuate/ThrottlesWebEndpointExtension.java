package dev.throttle.actuate;

import java.security.Principal;
import java.util.function.Supplier;

import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.backend.BackendUnavailableException;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the {@link ThrottlesEndpoint},
 * which answers errors with a status and a message that says what to write instead.
 *
 * @since 1.0.0
 */
@RegisterReflectionForBinding(ThrottlesWebEndpointExtension.ProblemDescriptor.class)
@EndpointWebExtension(endpoint = ThrottlesEndpoint.class)
public class ThrottlesWebEndpointExtension {

	private final ThrottlesEndpoint delegate;

	/**
	 * Create an extension.
	 * @param delegate the endpoint
	 */
	public ThrottlesWebEndpointExtension(ThrottlesEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Return the rate of a scope and the usage of a client.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}, {@code address:192.0.2.1} or
	 * {@code tenant:acme}; null for the rate only
	 * @param plan the plan whose rates apply to the client; null for the usual rates
	 * @return the scope; 404 if it is unknown, 400 if the client or the plan is not valid
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> use(@Selector String scope,
			@org.springframework.lang.Nullable String client, @org.springframework.lang.Nullable String plan) {
		return answer(scope, "so nothing was read. Try again later.",
				() -> this.delegate.scopes().use(scope, client, plan));
	}

	/**
	 * Change the rate of a scope.
	 * @param scope the scope
	 * @param rate one or more rates, separated by commas; {@code unlimited} for no limit,
	 * {@value ThrottlesEndpoint#CONFIGURED} for the configured rate
	 * @param duration the time after which the configured rate applies again, such as
	 * {@code 1h}; null for no expiry
	 * @param plan the plan whose rate to change; null for the usual rate
	 * @param context the caller
	 * @return the scope with its new rate; 404 if the scope is unknown, 400 if the
	 * request is invalid, and 503 if the change may have been made or not
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> set(@Selector String scope,
			@org.springframework.lang.Nullable String rate, @org.springframework.lang.Nullable String duration,
			@org.springframework.lang.Nullable String plan, SecurityContext context) {
		return answer(scope, "so the rate may or may not have changed. Check it again later.", () -> {
			if (rate == null) {
				throw new IllegalArgumentException(
						"The body has no rate. Write a rate and, optionally, a duration, as in "
								+ "{\"rate\": \"100/hour\", \"duration\": \"1h\"}, or {\"rate\": \""
								+ ThrottlesEndpoint.CONFIGURED + "\"} for the configured one.");
			}
			return this.delegate.set(scope, rate, duration, plan, principal(context));
		});
	}

	/**
	 * Reset the usage of a client in a scope.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}
	 * @param context the caller
	 * @return the scope with the client's usage afterwards; 404 if the scope is unknown
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> reset(@Selector String scope,
			@org.springframework.lang.Nullable String client, SecurityContext context) {
		return answer(scope, "so the usage may or may not have been reset. Reset it again later.",
				() -> this.delegate.scopes().reset(scope, client, principal(context)));
	}

	private WebEndpointResponse<OperationResponseBody> answer(String scope, String unavailable,
			Supplier<@Nullable ScopeDescriptor> operation) {
		try {
			ScopeDescriptor answer = operation.get();
			return (answer != null) ? new WebEndpointResponse<>(answer)
					: problem(404, this.delegate.scopes().unknown(scope));
		}
		catch (IllegalArgumentException ex) {
			return problem(400, String.valueOf(ex.getMessage()));
		}
		catch (BackendUnavailableException ex) {
			return problem(503, "The backend is not answering, " + unavailable);
		}
	}

	private static WebEndpointResponse<OperationResponseBody> problem(int status, String message) {
		return new WebEndpointResponse<>(new ProblemDescriptor(status, message), status);
	}

	private static @Nullable String principal(SecurityContext context) {
		Principal principal = context.getPrincipal();
		return (principal != null) ? principal.getName() : null;
	}

	/**
	 * Why a request failed.
	 *
	 * @param status the status of the answer
	 * @param message what is wrong and what to write instead
	 */
	public record ProblemDescriptor(int status, String message) implements OperationResponseBody {
	}

}
