package dev.throttle.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Client;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes an {@link AuditEvent} for each change that an operator makes, and logs it.
 * Secret idents are hashed. If the backend does not confirm a change, which may then have
 * been made or not, {@code confirmed} is false.
 */
final class ThrottleAudit {

	private static final String RATE_CHANGED = "THROTTLE_RATE_CHANGED";

	private static final String CLIENT_RESET = "THROTTLE_CLIENT_RESET";

	private static final String CONFIRMED = "confirmed";

	private static final String NOBODY_KNOWN = "unknown";

	private final ApplicationEventPublisher publisher;

	private final ChangeLog log;

	ThrottleAudit(ApplicationEventPublisher publisher, ChangeLog log) {
		this.publisher = publisher;
		this.log = log;
	}

	void rate(@Nullable String principal, @Nullable RateDescriptor before, ScopeDescriptor changed) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("scope", changed.scope());
		addPlan(data, changed.plan());
		RateDescriptor rate = changed.rate();
		if (rate != null) {
			data.put("rate", (rate.rate() != null) ? rate.rate() : rate.shadow() + " (shadow)");
			data.put("until", (rate.configured() == null) ? "configured" : String.valueOf(rate.until()));
			this.log.rate(principal, changed, before, rate);
		}
		publish(principal, RATE_CHANGED, data);
	}

	void unconfirmedRate(@Nullable String principal, String scope, @Nullable String plan,
			@Nullable RateDescriptor before, String rate) {
		this.log.unconfirmedRate(principal, scope, plan, before, rate);
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("scope", scope);
		addPlan(data, plan);
		data.put("rate", rate);
		data.put(CONFIRMED, false);
		publish(principal, RATE_CHANGED, data);
	}

	private static void addPlan(Map<String, Object> data, @Nullable String plan) {
		if (plan != null) {
			data.put("plan", plan);
		}
	}

	void reset(@Nullable String principal, String scope, List<Client> clients, boolean confirmed) {
		this.log.reset(principal, scope, clients, confirmed);
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("scope", scope);
		data.put("clients", clients.stream().map(Client::toString).distinct().toList());
		if (!confirmed) {
			data.put(CONFIRMED, false);
		}
		publish(principal, CLIENT_RESET, data);
	}

	private void publish(@Nullable String principal, String type, Map<String, Object> data) {
		this.publisher
			.publishEvent(new AuditApplicationEvent((principal != null) ? principal : NOBODY_KNOWN, type, data));
	}

}
