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
 * Publishes an {@link AuditEvent} for each change that an operator makes. Of a secret
 * ident it holds the keyed hash.
 *
 * @since 1.0.0
 */
public final class ThrottleAudit {

	/**
	 * The type of the event for a rate that was set or removed.
	 */
	public static final String RATE_CHANGED = "THROTTLE_RATE_CHANGED";

	/**
	 * The type of the event for a client whose count was reset.
	 */
	public static final String CLIENT_RESET = "THROTTLE_CLIENT_RESET";

	private static final String NOBODY_KNOWN = "unknown";

	private final ApplicationEventPublisher publisher;

	/**
	 * Create an audit.
	 * @param publisher publishes the events
	 */
	public ThrottleAudit(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	void rate(@Nullable String principal, ScopeDescriptor changed) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("scope", changed.scope());
		RateDescriptor rate = changed.rate();
		if (rate != null) {
			data.put("rate", (rate.rate() != null) ? rate.rate() : rate.shadow() + " (shadow)");
			data.put("until", (rate.configured() == null) ? "configured" : String.valueOf(rate.until()));
		}
		publish(principal, RATE_CHANGED, data);
	}

	void reset(@Nullable String principal, String scope, List<Client> clients) {
		publish(principal, CLIENT_RESET,
				Map.of("scope", scope, "clients", clients.stream().map(Client::toString).distinct().toList()));
	}

	private void publish(@Nullable String principal, String type, Map<String, Object> data) {
		this.publisher
			.publishEvent(new AuditApplicationEvent((principal != null) ? principal : NOBODY_KNOWN, type, data));
	}

}
