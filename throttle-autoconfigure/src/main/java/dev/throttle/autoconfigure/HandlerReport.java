package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.ConfigurationCheck;
import dev.throttle.handler.HandlerThrottles;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MappedHandlers;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import dev.throttle.handler.UnthrottledApplicationCheck;
import dev.throttle.web.AdviceCheck;
import dev.throttle.web.PathSelection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.web.method.HandlerMethod;

/**
 * Works out the throttles of all handlers, stops the start if a limit would have no
 * effect, and logs what is throttled.
 */
final class HandlerReport implements StartupContributor, ApplicationListener<ContextRefreshedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(HandlerReport.class);

	private final ConfigurableApplicationContext context;

	private final ThrottleRegistry throttles;

	private final ThrottledHandlers throttledHandlers;

	private final PathSelection paths;

	private final MappedHandlers mapped;

	private final RateRegistry rates;

	private final @Nullable CurrentPlans plans;

	private final ScopesInCode inCode;

	private final LimitedMethods methods;

	private final ConfigurationCheck configuration;

	private final boolean isSlice;

	private final boolean areGeneralHandlersAsked;

	private List<HandlerMethod> handlers = List.of();

	private String unverifiedClients = "";

	HandlerReport(ConfigurableApplicationContext context, ThrottleRegistry throttles,
			ThrottledHandlers throttledHandlers, PathSelection paths, MappedHandlers mapped, RateRegistry rates,
			@Nullable CurrentPlans plans, ScopesInCode inCode, LimitedMethods methods, ConfigurationCheck configuration,
			boolean isSlice, boolean areGeneralHandlersAsked) {
		this.context = context;
		this.throttles = throttles;
		this.throttledHandlers = throttledHandlers;
		this.paths = paths;
		this.mapped = mapped;
		this.rates = rates;
		this.plans = plans;
		this.inCode = inCode;
		this.methods = methods;
		this.configuration = configuration;
		this.isSlice = isSlice;
		this.areGeneralHandlersAsked = areGeneralHandlersAsked;
	}

	@Override
	public void check() {
		this.handlers = this.mapped.addHandlers(this.context);
		this.methods.add(this.configuration.checkAnnotations(this.context.getBeanFactory()));
		check(this.configuration, this.rates);
	}

	@Override
	public void check(RateRegistry rates, ConfiguredScopes scopes) {
		check(this.configuration.with(rates, scopes.properties(),
				(this.plans != null) ? this.plans.ofUsers(scopes.plans()) : Set.of()), rates);
	}

	private void check(ConfigurationCheck configuration, RateRegistry rates) {
		if (this.isSlice) {
			configuration.checkPresent();
			return;
		}
		if (this.mapped.areSomeMissing()) {
			configuration.checkPresent();
			warnOfUnused(configuration);
			return;
		}
		configuration.check();
		checkSomethingIsThrottled(rates);
	}

	private static void warnOfUnused(ConfigurationCheck configuration) {
		try {
			configuration.check();
		}
		catch (InvalidThrottleConfigurationException ex) {
			logger.warn(
					"Not all routes of the gateway are known yet. Unless one of the others needs it, this is a mistake: {} {}",
					ex.getDescription(), ex.getAction());
		}
	}

	@Override
	public void warn() {
		if (this.areGeneralHandlersAsked) {
			AdviceCheck.warnOfHiddenDenials(this.context, throttledControllers());
		}
		this.unverifiedClients = this.configuration.unverifiedClients();
	}

	@Override
	public void inform() {
		List<DescribedHandler> described = this.throttledHandlers.described();
		logger.info(
				report(described.stream().map(DescribedHandler::throttles).toList()) + (this.unverifiedClients.isEmpty()
						? "" : "; clients from unverified headers: " + this.unverifiedClients));
		for (DescribedHandler handler : described) {
			logger.debug("{} {}: {} ({})", handler.mappings(), handler.name(),
					handler.throttles().applied().steps().stream().map(Step::name).toList(), handler.reason());
		}
	}

	/**
	 * Work out the throttles of handlers in child contexts, such as that of a second
	 * {@code DispatcherServlet}: they are throttled too.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		ApplicationContext child = event.getApplicationContext();
		if (child == this.context || this.throttles.isOff()) {
			return;
		}
		String[] unseen = child.getBeanNamesForType(BaseThrottle.class);
		if (unseen.length > 0) {
			throw new InvalidThrottleConfigurationException(
					Mistake.THROTTLE_WITHOUT_EFFECT, "The throttle '" + unseen[0] + "' is a bean of the child context '"
							+ child.getDisplayName() + "', where it applies to no handler.",
					"Declare it in the application's main context.");
		}
		this.mapped.addHandlers(child);
		if (child instanceof ConfigurableApplicationContext configurable) {
			this.configuration.checkAnnotations(configurable.getBeanFactory());
		}
	}

	private void checkSomethingIsThrottled(RateRegistry rates) {
		List<DescribedHandler> described = this.throttledHandlers.described();
		boolean included = this.paths.includesSome() && this.throttledHandlers.defaultThrottles().isThrottled();
		boolean filtered = !this.throttles.filter().steps().isEmpty();
		if (included || filtered || described.stream().anyMatch((handler) -> handler.throttles().isThrottled())
				|| this.mapped.mayBeIncomplete(this.context)) {
			return;
		}
		String handlers = described.stream()
			.limit(3)
			.map((handler) -> handler.name() + " (" + handler.reason() + ")")
			.collect(Collectors.joining(", ")) + ((described.size() > 3) ? ", ..." : "");
		UnthrottledApplicationCheck.checkNoLimits(rates.configured(), this.inCode.get(),
				described.isEmpty() ? "the application has no controller method and no functional route"
						: "none of the handlers is throttled: " + handlers,
				"Add a handler that is throttled, add paths to 'throttle.include-paths' (for example of handlers that are registered later), or set 'throttle.enabled' to 'false'.");
	}

	private Set<Class<?>> throttledControllers() {
		return this.handlers.stream().filter((handler) -> {
			HandlerThrottles applied = this.throttledHandlers.throttles(handler);
			return applied != null && applied.isThrottled();
		}).map(HandlerMethod::getBeanType).collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private String report(List<HandlerThrottles> described) {
		Map<String, Integer> handlersByThrottle = new LinkedHashMap<>();
		Set<String> backends = new LinkedHashSet<>();
		List<Step> filter = this.throttles.filter().steps();
		this.throttles.all()
			.stream()
			.filter((step) -> !filter.contains(step))
			.forEach((step) -> handlersByThrottle.put(step.name(), 0));
		for (HandlerThrottles handler : described) {
			for (Step step : handler.applied().steps()) {
				handlersByThrottle.merge(step.name(), 1, Integer::sum);
				backends.add(ThrottleRegistry.describe(step.backend()));
			}
		}
		filter.forEach((step) -> backends.add(ThrottleRegistry.describe(step.backend())));
		long throttled = described.stream().filter(HandlerThrottles::isThrottled).count();
		return "Throttling " + throttled + " of " + described.size() + " handlers: "
				+ handlersByThrottle.entrySet()
					.stream()
					.map((entry) -> entry.getKey() + " " + entry.getValue())
					.collect(Collectors.joining(", "))
				+ (filter.isEmpty() ? ""
						: "; before authentication: "
								+ filter.stream().map(Step::name).collect(Collectors.joining(", ")))
				+ (backends.isEmpty() ? "" : "; backend: " + String.join(", ", backends))
				+ (throttled == 0 ? noRates() : "") + unlimited() + shadows() + plans();
	}

	private String noRates() {
		boolean any = !this.rates.rates().asMap().isEmpty() || !this.rates.rates().unlimitedScopes().isEmpty();
		return any ? "" : "; no rates: set 'throttle.rates.*'";
	}

	private String unlimited() {
		String unlimited = names(this.rates.rates().unlimitedScopes());
		return unlimited.isEmpty() ? "" : "; unlimited: " + unlimited;
	}

	private String shadows() {
		String only = names(this.rates.rates().shadowScopes());
		String beside = names(this.rates.rates().shadowRates().keySet());
		return (only.isEmpty() ? "" : "; shadow only, not enforced: " + only)
				+ (beside.isEmpty() ? "" : "; with a shadow rate: " + beside);
	}

	private String plans() {
		String plans = this.rates.rates()
			.plans()
			.stream()
			.map((plan) -> plan.name() + (plan.isShadow() ? " (shadow)" : ""))
			.collect(Collectors.joining(", "));
		return plans.isEmpty() ? "" : "; plans: " + plans;
	}

	private static String names(Collection<Scope> scopes) {
		return scopes.stream().map(Scope::name).sorted().collect(Collectors.joining(", "));
	}

}
