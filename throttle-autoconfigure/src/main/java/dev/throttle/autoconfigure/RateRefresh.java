package dev.throttle.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.RateRules;
import dev.throttle.engine.Rates;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindingPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;

/**
 * Puts the rates and plans of the environment in force after they have changed there, or
 * refuses them with the message of a failed start. Spring Cloud's
 * {@code EnvironmentChangeEvent} does so; where something else changes the environment,
 * call {@link #refresh()}.
 *
 * @since 1.0.0
 */
public final class RateRefresh implements SmartApplicationListener {

	private static final Logger logger = LoggerFactory.getLogger(RateRefresh.class);

	private static final String CHANGE = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private final @Nullable RateRules rules;

	private final RateRegistry rates;

	private final ObjectProvider<CurrentPlans> plans;

	private final ScopesInCode inCode;

	private final ObjectProvider<StartupReport> report;

	private final ConfigurableApplicationContext context;

	/** The properties whose values are in use. */
	private Map<String, String> inUse;

	private Map<String, String> seen;

	/**
	 * Create a listener.
	 * @param rules what the rates count; null if throttling is off
	 */
	RateRefresh(@Nullable RateRules rules, RateRegistry rates, ObjectProvider<CurrentPlans> plans, ScopesInCode inCode,
			ObjectProvider<StartupReport> report, ConfigurableApplicationContext context) {
		this.rules = rules;
		this.rates = rates;
		this.plans = plans;
		this.inCode = inCode;
		this.report = report;
		this.context = context;
		this.inUse = properties();
		this.seen = this.inUse;
	}

	private Map<String, String> properties() {
		return Binder.get(this.context.getEnvironment())
			.bind("throttle", Bindable.mapOf(String.class, String.class))
			.orElseGet(Map::of);
	}

	/**
	 * Be notified before the listener that binds the beans again, which throws an
	 * exception if a property is not valid.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> eventType) {
		return eventType.getName().equals(CHANGE);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		refresh();
	}

	/**
	 * Read the properties under {@code throttle} in the environment. If
	 * {@code throttle.rates}, {@code throttle.plans}, the rates in
	 * {@code throttle.outgoing}, or the rates, the shadows and {@code in-code} in
	 * {@code throttle.scopes} have changed, put them in force, all at once. If they are
	 * not valid, log an error and keep the present ones. Overrides stay on top. Changes
	 * of other properties have no effect until a restart, which is logged, too.
	 * @return whether the rates and plans in the environment are in force
	 */
	public synchronized boolean refresh() {
		try {
			Map<String, String> now = properties();
			Map<String, String> before = this.seen;
			this.seen = now;
			if (!now.equals(before)) {
				warnOfOthers(now, before);
				putInForce(now);
			}
			return changed(now, this.inUse, this::isRead).isEmpty();
		}
		catch (RuntimeException ex) {
			StartFailure.of(ex, this.context)
				.log(logger, "Refused to change rates or plans; those before the change stay in force");
			return false;
		}
	}

	private void warnOfOthers(Map<String, String> now, Map<String, String> before) {
		Predicate<String> isOther = Predicate.not(this::isRead);
		String others = changed(now, this.inUse, isOther);
		if (!others.isEmpty() && !changed(now, before, isOther).isEmpty()) {
			logger.warn("Properties changed in the environment but have no effect until a restart: {}", others);
		}
	}

	private void putInForce(Map<String, String> now) {
		String changed = changed(now, this.inUse, this::isRead);
		if (changed.isEmpty() || this.rules == null) {
			return;
		}
		ConfiguredScopes scopes = new ConfiguredScopes(bind(), this.context.getEnvironment());
		Rates changedRates = scopes.rates(this.rules);
		RateRegistry changedRegistry = withConfigured(changedRates);
		CurrentPlans plans = this.plans.getObject();
		CurrentPlans.Configured changedPlans = plans.read(scopes.plans());
		check(changedRegistry, scopes);
		this.rates.update((present) -> changedRates);
		plans.replace(changedPlans);
		Map<String, String> inUse = new TreeMap<>(this.inUse);
		inUse.keySet().removeIf(this::isRead);
		now.forEach((name, value) -> {
			if (isRead(name)) {
				inUse.put(name, value);
			}
		});
		this.inUse = inUse;
		logger.info("Changed rates and plans are in force: {}", changed);
	}

	private void check(RateRegistry changed, ConfiguredScopes scopes) {
		ConfiguredScopes before = this.inCode.configured();
		try {
			this.inCode.replace(scopes);
			this.report.ifAvailable((checks) -> checks.check(changed, scopes));
		}
		catch (RuntimeException ex) {
			this.inCode.replace(before);
			throw ex;
		}
	}

	/**
	 * Bind the properties as at the start, but not to the bean, which may be bound again
	 * at the same time.
	 */
	private ThrottleProperties bind() {
		return (ThrottleProperties) this.context.getBean(ConfigurationPropertiesBindingPostProcessor.class)
			.postProcessBeforeInitialization(new ThrottleProperties(), ThrottleProperties.class.getName());
	}

	private RateRegistry withConfigured(Rates changed) {
		try {
			return this.rates.withConfigured(changed);
		}
		catch (IllegalArgumentException ex) {
			throw InvalidThrottleConfigurationException.of(Mistake.TWO_RATES, "", ex,
					"Remove the property, or the rate in the code, or give one of them another scope.");
		}
	}

	/**
	 * Return whether a property takes effect without a restart.
	 * @param name the name below {@code throttle}
	 */
	private boolean isRead(String name) {
		if (this.rules != null && name.startsWith("outgoing.")) {
			return name.endsWith(".rate");
		}
		if (this.rules == null || !name.startsWith("scopes.")) {
			return this.rules != null && (name.startsWith("rates.") || name.startsWith("plans."));
		}
		return switch (name.substring(name.lastIndexOf('.') + 1).replace("-", "")) {
			case "rate", "shadow", "shadowrate", "incode" -> true;
			default -> false;
		};
	}

	private static String changed(Map<String, String> now, Map<String, String> before, Predicate<String> isAsked) {
		return Stream.concat(before.keySet().stream(), now.keySet().stream())
			.filter(isAsked)
			.filter((name) -> !Objects.equals(before.get(name), now.get(name)))
			.collect(Collectors.toCollection(TreeSet::new))
			.stream()
			.map((name) -> "'throttle." + name + "'")
			.collect(Collectors.joining(", "));
	}

}
