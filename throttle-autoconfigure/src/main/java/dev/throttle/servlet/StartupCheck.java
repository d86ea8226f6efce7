package dev.throttle.servlet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.ConfigurationCheck;
import dev.throttle.handler.HandlerPlan;
import dev.throttle.handler.HandlerPlans;
import dev.throttle.handler.ThrottleRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Works out the plans of all handlers before the server takes requests, so that the start
 * fails where a limit would not bite, and says what is throttled.
 *
 * @since 1.0.0
 */
public final class StartupCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(StartupCheck.class);

	private final ApplicationContext context;

	private final ThrottleRegistry throttles;

	private final HandlerPlans plans;

	private final RateRegistry rates;

	private final boolean secretConfigured;

	/**
	 * Create a check.
	 * @param context the application
	 * @param throttles the throttles
	 * @param plans the plans of the handlers
	 * @param rates the rates
	 * @param secretConfigured whether secret idents are hashed under a configured key
	 */
	public StartupCheck(ApplicationContext context, ThrottleRegistry throttles, HandlerPlans plans, RateRegistry rates,
			boolean secretConfigured) {
		this.context = context;
		this.throttles = throttles;
		this.plans = plans;
		this.rates = rates;
		this.secretConfigured = secretConfigured;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<HandlerPlan> planned = new ArrayList<>();
		for (RequestMappingInfoHandlerMapping mapping : mappings()) {
			for (HandlerMethod handler : mapping.getHandlerMethods().values()) {
				if (ApplicationHandlers.contains(handler)) {
					planned.add(this.plans.plan(handler));
				}
			}
		}
		new ConfigurationCheck(this.throttles, this.rates.rates()).check(planned, this.secretConfigured);
		new AdviceCheck(this.context).warnOfAdviceThatHidesDenials();
		logger.info(report(planned));
	}

	private Collection<RequestMappingInfoHandlerMapping> mappings() {
		return this.context.getBeansOfType(RequestMappingInfoHandlerMapping.class).values();
	}

	private String report(List<HandlerPlan> planned) {
		Map<String, Integer> handlersByThrottle = new LinkedHashMap<>();
		Map<String, String> backends = new LinkedHashMap<>();
		this.throttles.all().forEach((step) -> handlersByThrottle.put(step.name(), 0));
		for (HandlerPlan plan : planned) {
			for (Step step : plan.throttles().steps()) {
				handlersByThrottle.merge(step.name(), 1, Integer::sum);
				backends.put(step.backend().getClass().getSimpleName(), "");
			}
		}
		long throttled = planned.stream().filter(HandlerPlan::isThrottled).count();
		return "Throttling " + throttled + " of " + planned.size() + " handlers: "
				+ handlersByThrottle.entrySet()
					.stream()
					.map((entry) -> entry.getKey() + " " + entry.getValue())
					.collect(Collectors.joining(", "))
				+ (backends.isEmpty() ? "" : "; counted by " + String.join(", ", backends.keySet()));
	}

}
