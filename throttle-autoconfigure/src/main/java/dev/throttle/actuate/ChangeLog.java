package dev.throttle.actuate;

import java.util.List;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.engine.SecretIdents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each change that an operator makes, to the logger {@value #LOGGER}. Clients are
 * logged as keyed hashes.
 */
final class ChangeLog {

	static final String LOGGER = "dev.throttle.changes";

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private final SecretIdents secretIdents;

	ChangeLog(SecretIdents secretIdents) {
		this.secretIdents = secretIdents;
	}

	void rate(@Nullable String principal, ScopeDescriptor scope, @Nullable RateDescriptor before, RateDescriptor now) {
		String until = (now.until() != null) ? " until " + now.until() : "";
		String configured = (now.configured() == null) ? " (as configured)" : "";
		logger.info("Changed the rate of scope '{}'{} from {} to {}{}{}{}", scope.scope(), ofPlan(scope.plan()),
				(before != null) ? text(before) : "none", text(now), configured, until, by(principal));
	}

	void unconfirmedRate(@Nullable String principal, String scope, @Nullable String plan,
			@Nullable RateDescriptor before, String rate) {
		logger.info("Tried to change the rate of scope '{}'{} from {} to {}, but the backend did not confirm it{}",
				scope, ofPlan(plan), (before != null) ? text(before) : "none", printable(rate), by(principal));
	}

	void reset(@Nullable String principal, String scope, List<Client> clients, boolean confirmed) {
		String hashes = clients.stream().map(this.secretIdents::pseudonym).distinct().collect(Collectors.joining(","));
		logger.info("Reset usage of {} in scope '{}'{}{}", hashes, scope,
				confirmed ? "" : ", but the backend did not confirm it", by(principal));
	}

	private static String ofPlan(@Nullable String plan) {
		return (plan != null) ? " in plan '" + plan + "'" : "";
	}

	private static String text(RateDescriptor rate) {
		return (rate.rate() != null) ? rate.rate() : rate.shadow() + " (shadow)";
	}

	private static String by(@Nullable String principal) {
		return (principal != null) ? " (by '" + printable(principal) + "')" : "";
	}

	private static String printable(String text) {
		return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", "?");
	}

}
