package dev.throttle.actuate;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.actuate.ThrottlesEndpoint.BackendDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.HandlerDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.PlanClientsDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.PlanDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ThrottleDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ThrottlesDescriptor;
import dev.throttle.backend.Policy;
import dev.throttle.backend.RateOverride;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;

/**
 * Describes what is throttled.
 */
final class ThrottlesReport {

	private final ThrottleRegistry throttles;

	private final ThrottledHandlers handlers;

	private final RateRegistry rates;

	private final Accounting accounting;

	private final ClientAddressResolver addresses;

	private final Function<String, PlanClientsDescriptor> planClients;

	ThrottlesReport(ThrottleRegistry throttles, ThrottledHandlers handlers, RateRegistry rates, Accounting accounting,
			ClientAddressResolver addresses, Function<String, PlanClientsDescriptor> planClients) {
		this.throttles = throttles;
		this.handlers = handlers;
		this.rates = rates;
		this.accounting = accounting;
		this.addresses = addresses;
		this.planClients = planClients;
	}

	ThrottlesDescriptor report() {
		Map<String, BackendDescriptor> backends = new LinkedHashMap<>();
		List<ThrottleDescriptor> described = new ArrayList<>();
		for (Step step : this.throttles.all()) {
			backends.putIfAbsent(backend(step), new BackendDescriptor(ThrottleRegistry.describe(step.backend()),
					step.backend().isShared(), step.backend().isAvailable()));
			described.add(describe(step));
		}
		Map<String, RateDescriptor> inForce = new LinkedHashMap<>();
		this.rates.rates().asMap().forEach((scope, policies) -> inForce.put(scope.name(), rate(scope, policies)));
		this.rates.rates().unlimitedScopes().forEach((scope) -> inForce.put(scope.name(), rate(scope, List.of())));
		Map<String, PlanDescriptor> plans = new LinkedHashMap<>();
		this.rates.rates().plans().forEach((plan) -> plans.put(plan.name(), describe(plan)));
		return new ThrottlesDescriptor(this.accounting.name().toLowerCase(Locale.ROOT).replace('_', '-'),
				this.addresses.description(), this.rates.isShared() ? "all instances" : "this instance", backends,
				described, inForce, plans, this.handlers.described().stream().map(this::describe).toList());
	}

	static String backend(Step step) {
		String name = step.throttle().backend();
		return (name != null) ? name : ThrottleRegistry.DEFAULT_BACKEND;
	}

	private PlanDescriptor describe(PlanRates plan) {
		Map<String, RateDescriptor> rates = new LinkedHashMap<>();
		plan.policies()
			.keySet()
			.forEach((scope) -> rates.put(scope.name(), Objects.requireNonNull(rate(scope, plan.name()))));
		return new PlanDescriptor(plan.isShadow() ? true : null, rates, this.planClients.apply(plan.name()));
	}

	/**
	 * Return the rate of a scope for the clients of a plan; null if it has none.
	 */
	@Nullable RateDescriptor rate(Scope scope, @Nullable String plan) {
		Rates inForce = this.rates.rates();
		if (plan == null) {
			return inForce.contains(scope) ? rate(scope, inForce.policies(scope)) : null;
		}
		PlanRates ofPlan = inForce.plan(plan);
		if (ofPlan == null || !ofPlan.policies().containsKey(scope)) {
			return rate(scope, (String) null);
		}
		return rate(inForce.policies(scope, plan), this.rates.overrides(plan).get(scope),
				this.rates.configured().policies(scope, plan), ofPlan.isShadow());
	}

	private RateDescriptor rate(Scope scope, List<Policy> policies) {
		List<Policy> configured = this.rates.configured().policies(scope);
		return rate(policies, this.rates.overrides().get(scope), configured,
				!configured.isEmpty() && configured.get(0).isShadow());
	}

	private static RateDescriptor rate(List<Policy> policies, @Nullable RateOverride override, List<Policy> configured,
			boolean isShadow) {
		if (override == null) {
			return new RateDescriptor(enforced(policies), text(policies, true), null, null);
		}
		return new RateDescriptor(enforced(policies), text(policies, true),
				configured.isEmpty() ? Rates.UNLIMITED : text(configured, isShadow),
				(override.until() != null) ? override.until().truncatedTo(ChronoUnit.MILLIS).toString() : null);
	}

	private ThrottleDescriptor describe(Step step) {
		BaseThrottle throttle = step.throttle();
		Map<String, String> own = new LinkedHashMap<>();
		throttle.ownRates().forEach((scope, rates) -> own.put(scope.name(), text(Policy.ofScope(scope, rates))));
		return new ThrottleDescriptor(step.name(), AopUtils.getTargetClass(throttle).getName(),
				this.throttles.filter().steps().contains(step), this.throttles.defaults().contains(step), backend(step),
				this.throttles.scopes(step).stream().map(Scope::name).toList(), own);
	}

	private HandlerDescriptor describe(DescribedHandler handler) {
		Map<String, @Nullable String> scopes = new LinkedHashMap<>();
		for (Scope scope : handler.throttles().scopes()) {
			List<Policy> policies = this.rates.rates().policies(scope);
			scopes.put(policies.isEmpty() ? scope.name() : policies.get(0).scope().name(), enforced(policies));
		}
		return new HandlerDescriptor(handler.name(), handler.mappings(), handler.reason(),
				handler.throttles().applied().steps().stream().map(Step::name).toList(), scopes);
	}

	private static @Nullable String enforced(List<Policy> policies) {
		return policies.isEmpty() ? Rates.UNLIMITED : text(policies, false);
	}

	private static @Nullable String text(List<Policy> policies, boolean shadow) {
		List<Policy> chosen = policies.stream().filter((policy) -> policy.isShadow() == shadow).toList();
		return chosen.isEmpty() ? null : text(chosen);
	}

	private static String text(List<Policy> policies) {
		return String.join(", ", policies.stream().map((policy) -> policy.rate().toString()).toList());
	}

}
