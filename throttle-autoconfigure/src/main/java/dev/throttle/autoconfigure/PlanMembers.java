package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.throttle.client.ClientNetwork;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;

/**
 * Reads who has which plan: the properties {@code clients} and {@code authorities}.
 */
final class PlanMembers {

	/** Precedes the names of users. */
	static final String USER = "user:";

	private static final Pattern LIKE_ADDRESS = Pattern.compile("[0-9a-fA-F]*[:.][0-9a-fA-F:./]*");

	private final Map<String, PlanProperties> plans;

	private final int ipv6Prefix;

	/** The property that names each client or authority. */
	private final Map<String, String> named = new HashMap<>();

	PlanMembers(Map<String, PlanProperties> plans, int ipv6Prefix) {
		this.plans = plans;
		this.ipv6Prefix = ipv6Prefix;
	}

	/**
	 * Read all plans.
	 * @throws InvalidThrottleConfigurationException if a client is not valid, or a client
	 * or an authority has two plans
	 */
	PlanClients read() {
		List<PlanClients.Members> members = new ArrayList<>();
		this.plans.forEach((plan, properties) -> members.add(read(plan, properties)));
		return new PlanClients(List.copyOf(members));
	}

	private PlanClients.Members read(String plan, PlanProperties properties) {
		Set<String> users = new LinkedHashSet<>();
		List<ClientNetwork> networks = new ArrayList<>();
		String property = PropertyNames.ofPlan(plan, "clients");
		for (String client : properties.getClients()) {
			String text = client.trim();
			if (text.startsWith(USER) && text.length() > USER.length()) {
				String user = text.substring(USER.length()).trim();
				users.add(user);
				add(USER + user, "user '" + user + "'", property);
			}
			else {
				ClientNetwork network = network(text, property);
				networks.add(network);
				add(network.toString(), "network " + network, property);
			}
		}
		Set<String> authorities = new LinkedHashSet<>();
		property = PropertyNames.ofPlan(plan, "authorities");
		for (String authority : properties.getAuthorities()) {
			if (authority.isBlank()) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_PLAN_MEMBER,
						"The property '" + property + "' contains an empty authority.",
						"Write authorities such as 'PLAN_PRO' or 'ROLE_PARTNER', separated by commas.");
			}
			authorities.add(authority.trim());
			add("authority " + authority.trim(), "authority '" + authority.trim() + "'", property);
		}
		return new PlanClients.Members(plan, users, List.copyOf(networks), authorities);
	}

	private void add(String key, String what, String property) {
		String other = this.named.putIfAbsent(key, property);
		if (other != null && !other.equals(property)) {
			throw new InvalidThrottleConfigurationException(Mistake.TWO_PLANS,
					"The " + what + " has two plans: both '" + other + "' and '" + property + "' name it.",
					"Remove it from one of them.");
		}
	}

	private ClientNetwork network(String text, String property) {
		if (!LIKE_ADDRESS.matcher(text).matches()) {
			throw new InvalidThrottleConfigurationException(Mistake.INVALID_PLAN_MEMBER,
					"The property '" + property + "' contains '" + text
							+ "', which is not an address, a network or a user.",
					"Write addresses such as '192.0.2.1', networks such as '10.1.0.0/16' and users such as 'user:alice'. For other clients, declare a bean of type PlanResolver.");
		}
		try {
			return ClientNetwork.parse(text, this.ipv6Prefix);
		}
		catch (IllegalArgumentException ex) {
			throw InvalidThrottleConfigurationException.of(Mistake.INVALID_PLAN_MEMBER,
					"The property '" + property + "' is not valid. ", ex,
					"Write a network such as '10.1.0.0/16', or one address such as '192.0.2.1'.");
		}
	}

}
