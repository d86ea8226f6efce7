package dev.throttle.actuate;

import java.security.Principal;
import java.util.function.Supplier;

import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.backend.BackendUnavailableException;
import org.jspecify.annotations.Nullable;

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
 * which answers what cannot be done with a status and what to write instead.
 *
 * @since 1.0.0
 */
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
	 * Return a scope's rate, and a client's use of its quotas.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}, {@code address:192.0.2.1} or
	 * {@code tenant:acme}; null for the rate only
	 * @return the scope, with status 404 where it is not known
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> use(@Selector String scope,
			@org.springframework.lang.Nullable String client) {
		return answer(scope, "so that nothing was looked up. Try again when it does.",
				() -> this.delegate.scopes().use(scope, client));
	}

	/**
	 * Put a rate in force.
	 * @param scope the scope
	 * @param rate one rate, or several by comma; {@value ThrottlesEndpoint#CONFIGURED}
	 * for the configured one
	 * @param duration the time after which the configured rate is in force again, such as
	 * {@code 1h}; null for no expiry
	 * @param context who asks
	 * @return what is now in force, with status 404 where the scope is not known, 400
	 * where nothing was changed, and 503 where it is not known whether something was
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> set(@Selector String scope,
			@org.springframework.lang.Nullable String rate, @org.springframework.lang.Nullable String duration,
			SecurityContext context) {
		return answer(scope, "so that the rate may or may not be in force. Look again when it does.", () -> {
			if (rate == null) {
				throw new IllegalArgumentException(
						"Say in the body which rate to put in force, and for how long, as in "
								+ "{\"rate\": \"100/hour\", \"duration\": \"1h\"}, or {\"rate\": \""
								+ ThrottlesEndpoint.CONFIGURED + "\"} for the configured one.");
			}
			return this.delegate.set(scope, rate, duration, principal(context));
		});
	}

	/**
	 * Forget what a client has used up of a scope's quotas.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}
	 * @param context who asks
	 * @return its use afterwards, with status 404 where the scope is not known
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> reset(@Selector String scope,
			@org.springframework.lang.Nullable String client, SecurityContext context) {
		return answer(scope,
				"so that what the client has used up may or may not be forgotten. Reset it again when it does.",
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
			return problem(503, "The backend does not answer, " + unavailable);
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
	 * Why something cannot be done.
	 *
	 * @param status the status of the answer
	 * @param message what is wrong and what to write instead
	 */
	public record ProblemDescriptor(int status, String message) implements OperationResponseBody {
	}

}
