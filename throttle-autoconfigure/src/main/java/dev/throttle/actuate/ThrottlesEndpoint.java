package dev.throttle.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ApplicationEventPublisher;

/**
 * {@link Endpoint @Endpoint} that shows the throttles and the usage of clients, resets
 * usage, and changes rates at run time.
 *
 * @since 1.0.0
 */
@Endpoint(id = "throttles", defaultAccess = Access.READ_ONLY)
public class ThrottlesEndpoint {

	static final String CONFIGURED = "configured";

	private final ThrottlesReport report;

	private final ScopeOperations scopes;

	/**
	 * Create an endpoint.
	 * @param throttles the throttles
	 * @param handlers the handlers and their throttles
	 * @param rates the rates
	 * @param limiters count in code and on methods
	 * @param engine decides requests
	 * @param addresses resolves the client's address
	 * @param publisher publishes an audit event for each change
	 * @param secretIdents hashes clients for the log
	 * @param planClients returns who has a plan
	 */
	public ThrottlesEndpoint(ThrottleRegistry throttles, ThrottledHandlers handlers, RateRegistry rates,
			RateLimiters limiters, ThrottleEngine engine, ClientAddressResolver addresses,
			ApplicationEventPublisher publisher, SecretIdents secretIdents,
			Function<String, PlanClientsDescriptor> planClients) {
		this.report = new ThrottlesReport(throttles, handlers, rates, engine.accounting(), addresses, planClients);
		this.scopes = new ScopeOperations(new ScopeDirectory(throttles, handlers, rates, limiters), rates, engine,
				addresses, this.report, new ThrottleAudit(publisher, new ChangeLog(secretIdents)));
	}

	ScopeOperations scopes() {
		return this.scopes;
	}

	/**
	 * Return what is throttled.
	 * @return the throttles, the current rates and the handlers
	 */
	@ReadOperation
	public ThrottlesDescriptor throttles() {
		return this.report.report();
	}

	/**
	 * Return the rate of a scope and the usage of a client, without counting a request.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}, {@code address:192.0.2.1} or
	 * {@code tenant:acme}; null for the rate only
	 * @param plan the plan whose rates apply to the client; null for the usual rates
	 * @return the scope with the client's usage in each backend; null if the scope is
	 * unknown
	 */
	@ReadOperation
	public @Nullable ScopeDescriptor use(@Selector String scope, @org.springframework.lang.Nullable String client,
			@org.springframework.lang.Nullable String plan) {
		return this.scopes.use(scope, client, plan);
	}

	/**
	 * Change the rate of a scope.
	 * @param scope the scope
	 * @param rate one or more rates, separated by commas; {@code unlimited} for no limit,
	 * {@value #CONFIGURED} for the configured rate
	 * @param duration the time after which the configured rate applies again, such as
	 * {@code 1h}; null for no expiry
	 * @param plan the plan whose rate to change; null for the usual rate
	 * @return the scope with its new rate; null if the scope is unknown
	 */
	@WriteOperation
	public @Nullable ScopeDescriptor set(@Selector String scope, String rate,
			@org.springframework.lang.Nullable String duration, @org.springframework.lang.Nullable String plan) {
		return set(scope, rate, duration, plan, null);
	}

	@Nullable ScopeDescriptor set(String scope, String rate, @Nullable String duration, @Nullable String plan,
			@Nullable String principal) {
		if (rate.trim().equals(CONFIGURED)) {
			if (duration != null) {
				throw new IllegalArgumentException(
						"The configured rate does not expire: remove the duration, or write another rate than '"
								+ CONFIGURED + "'.");
			}
			return this.scopes.removeOverride(scope, plan, principal);
		}
		return this.scopes.override(scope, plan, rate, (duration != null) ? parse(duration) : null, principal);
	}

	/**
	 * Reset the usage of a client in a scope.
	 * @param scope the scope
	 * @param client the client, such as {@code user:alice}
	 * @return the scope with the client's usage afterwards; null if the scope is unknown
	 */
	@DeleteOperation
	public @Nullable ScopeDescriptor reset(@Selector String scope, String client) {
		return this.scopes.reset(scope, client, null);
	}

	private static Duration parse(String duration) {
		String text = duration.trim();
		try {
			if (!text.isEmpty() && !Character.isDigit(text.charAt(text.length() - 1))) {
				return DurationStyle.detectAndParse(text);
			}
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// refused below
		}
		throw new IllegalArgumentException("Invalid duration '" + ((text.length() > 80) ? text.substring(0, 80) : text)
				+ "': write a number and a unit such as '1h', '30m' or '7d', or 'PT1H30M'.");
	}

	/**
	 * What is throttled.
	 *
	 * @param accounting whether a denied request counts against the other throttles
	 * @param clients how the address of a client is determined
	 * @param overrides which instances use the rates that are set at run time
	 * @param backends the backends by bean name
	 * @param throttles the throttles in the order in which they are asked
	 * @param rates the current rates by scope
	 * @param plans the plans by name
	 * @param handlers the handlers and the throttles that apply to them
	 */
	public record ThrottlesDescriptor(String accounting, String clients, String overrides,
			Map<String, BackendDescriptor> backends, List<ThrottleDescriptor> throttles,
			Map<String, RateDescriptor> rates, Map<String, PlanDescriptor> plans,
			List<HandlerDescriptor> handlers) implements OperationResponseBody {
	}

	/**
	 * A backend.
	 *
	 * @param type the backend's description
	 * @param shared whether counts are shared with other processes
	 * @param available whether it currently decides requests
	 */
	public record BackendDescriptor(String type, boolean shared, boolean available) {
	}

	/**
	 * A throttle.
	 *
	 * @param name its bean name
	 * @param type its class
	 * @param inFilter whether it is asked before authentication
	 * @param byDefault whether it applies to handlers that declare nothing else
	 * @param backend the bean name of the backend that counts for it
	 * @param scopes the scopes under which it counts
	 * @param ownRates the rates in its code, by scope
	 */
	public record ThrottleDescriptor(String name, String type, boolean inFilter, boolean byDefault, String backend,
			List<String> scopes, Map<String, String> ownRates) {
	}

	/**
	 * A scope's rate.
	 *
	 * @param rate the current rate; null if it is a shadow
	 * @param shadow the shadow rate, null for none
	 * @param configured the configured rate; null unless it is overridden
	 * @param until when the configured rate applies again; null for no expiry
	 */
	public record RateDescriptor(@Nullable String rate, @Nullable String shadow, @Nullable String configured,
			@Nullable String until) {
	}

	/**
	 * A plan.
	 *
	 * @param shadow true if its rates are only measured; null otherwise
	 * @param rates the rates of its clients, by the scopes that it names
	 * @param clients who has the plan
	 */
	public record PlanDescriptor(@Nullable Boolean shadow, Map<String, RateDescriptor> rates,
			PlanClientsDescriptor clients) {
	}

	/**
	 * Who has a plan.
	 *
	 * @param authorities the authorities whose users have it
	 * @param clients the addresses, networks and users that have it
	 * @param resolvers the classes of the application that may give it to a client
	 */
	public record PlanClientsDescriptor(List<String> authorities, List<String> clients, List<String> resolvers) {
	}

	/**
	 * A handler.
	 *
	 * @param handler its class and method, or the class that defines the route
	 * @param mappings what it is mapped to
	 * @param reason why these throttles apply: {@code default}, the annotation and its
	 * place, or, if no throttle can apply, {@code throttle.exclude-paths} or
	 * {@code ErrorController}
	 * @param throttles the bean names of the throttles that apply
	 * @param scopes the rates in force of the scopes that it declares, null where a rate
	 * is a shadow
	 */
	public record HandlerDescriptor(String handler, List<String> mappings, String reason, List<String> throttles,
			Map<String, @Nullable String> scopes) {
	}

	/**
	 * A scope.
	 *
	 * @param scope the scope
	 * @param plan the plan that has this rate; null for the usual rate
	 * @param rate its rate
	 * @param clients the usage of the requested client in each backend; null if no client
	 * was requested, or if the backend stopped answering after a reset
	 */
	public record ScopeDescriptor(String scope, @Nullable String plan, @Nullable RateDescriptor rate,
			@Nullable List<ClientDescriptor> clients) implements OperationResponseBody {
	}

	/**
	 * A client's usage in a scope.
	 *
	 * @param kind the kind of client, such as {@code user} or {@code address}
	 * @param throttles the bean names of the throttles that count it
	 * @param backend the bean name of the backend that counts it
	 * @param countedBy what counts while the backend does not: {@code local} or
	 * {@code nobody}; null if the backend counts
	 * @param quotas the quotas
	 */
	public record ClientDescriptor(String kind, List<String> throttles, String backend, @Nullable String countedBy,
			List<QuotaDescriptor> quotas) {
	}

	/**
	 * A client's usage of a quota.
	 *
	 * @param policy the name of the quota
	 * @param rate its rate
	 * @param shadow true for a shadow; null otherwise
	 * @param limit the permits in a period
	 * @param used the permits that are used up
	 * @param remaining the permits that are left
	 * @param nextPermitInSeconds the seconds until the next permit is free; null if all
	 * are free
	 */
	public record QuotaDescriptor(String policy, String rate, @Nullable Boolean shadow, long limit, long used,
			long remaining, @Nullable Long nextPermitInSeconds) {
	}

}
