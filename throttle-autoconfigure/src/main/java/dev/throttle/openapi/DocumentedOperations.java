package dev.throttle.openapi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.handler.HandlerThrottles;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.web.CountedStatuses;
import dev.throttle.web.PathSelection;
import dev.throttle.web.PathSelection.Path;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * Finds the limits of documented operations, with the rates that are in force. Scopes
 * that are not in the headers are left out.
 *
 * @since 1.0.0
 */
public final class DocumentedOperations {

	private final ThrottleRegistry throttles;

	private final ThrottledHandlers handlers;

	private final RateRegistry rates;

	private final PathSelection paths;

	private final PathSelection filteredPaths;

	private final Set<String> hidden;

	private final Map<Scope, CountedStatuses> countedStatuses;

	/**
	 * Create an instance.
	 * @param throttles the throttles
	 * @param handlers the handlers and their throttles
	 * @param rates the rates
	 * @param paths the included and excluded paths of handlers
	 * @param filteredPaths the paths that are throttled before authentication
	 * @param hidden the keys of the scopes that clients are not told about
	 * @param countedStatuses which answers count under each scope that does not count all
	 */
	public DocumentedOperations(ThrottleRegistry throttles, ThrottledHandlers handlers, RateRegistry rates,
			PathSelection paths, PathSelection filteredPaths, Set<String> hidden,
			Map<Scope, CountedStatuses> countedStatuses) {
		this.throttles = throttles;
		this.handlers = handlers;
		this.rates = rates;
		this.paths = paths;
		this.filteredPaths = filteredPaths;
		this.hidden = Set.copyOf(hidden);
		this.countedStatuses = Map.copyOf(countedStatuses);
	}

	@Nullable HandlerThrottles throttles(HandlerMethod handler) {
		return this.handlers.ofKnown(handler);
	}

	/**
	 * Return the limits of an operation.
	 * @param found the throttles of the methods that handle it, empty for a functional
	 * route or an unknown handler
	 */
	OperationLimits limits(String path, String method, List<HandlerThrottles> found) {
		Path typical = PathSelection.typicalPath(path);
		Search search = new Search(this.rates.rates());
		if (this.filteredPaths.selects(typical)) {
			this.throttles.filter().steps().forEach((step) -> search.add(step, DeclaredScopes.NONE, true));
		}
		if (!this.paths.excludes(typical)) {
			List<HandlerThrottles> applying = new ArrayList<>(
					!found.isEmpty() ? found : withoutMethod(path, method, typical));
			applying.sort(Comparator.comparing((handler) -> handler.scopes().toString()));
			for (HandlerThrottles handler : applying) {
				handler.applied().steps().forEach((step) -> search.add(step, handler.declared(), false));
			}
		}
		return new OperationLimits(List.copyOf(search.limits.values()), search.mayDenyOtherwise);
	}

	private List<HandlerThrottles> withoutMethod(String path, String method, Path typical) {
		List<HandlerThrottles> routes = this.handlers.ofKnownRoutes(path, method);
		return (routes.isEmpty() && this.paths.includes(typical)) ? List.of(this.handlers.defaultThrottles()) : routes;
	}

	/**
	 * Collects the limits of one operation.
	 */
	private final class Search {

		private final Rates inForce;

		private final Map<Scope, Limit> limits = new LinkedHashMap<>();

		private boolean mayDenyOtherwise;

		Search(Rates inForce) {
			this.inForce = inForce;
		}

		void add(Step step, DeclaredScopes declared, boolean isBeforeAuthentication) {
			Set<Scope> scopes = DocumentedOperations.this.throttles.scopes(step, declared.scopes());
			List<Scope> shown = scopes.stream()
				.filter((scope) -> !DocumentedOperations.this.hidden.contains(scope.key()))
				.toList();
			for (Scope scope : shown) {
				Limit limit = limit(step, scope, declared, isBeforeAuthentication);
				if (limit.isEnforced()) {
					this.limits.merge(scope, limit, Limit::orDearer);
				}
			}
			this.mayDenyOtherwise |= !ThrottleRegistry.isRateThrottle(step) && (scopes.isEmpty() || !shown.isEmpty());
		}

		private Limit limit(Step step, Scope scope, DeclaredScopes declared, boolean isBeforeAuthentication) {
			Map<String, List<Policy>> plans = new LinkedHashMap<>();
			for (PlanRates plan : this.inForce.plans()) {
				if (!plan.isShadow() && plan.policies().containsKey(scope)) {
					plans.put(plan.name(), enforced(this.inForce.policies(scope, plan.name())));
				}
			}
			return new Limit(step, scope, enforced(this.inForce.policies(scope)), plans, declared.cost(scope).orElse(1),
					DocumentedOperations.this.countedStatuses.get(scope), isBeforeAuthentication);
		}

		private static List<Policy> enforced(List<Policy> policies) {
			return policies.stream().filter((policy) -> !policy.isShadow()).toList();
		}

	}

}
