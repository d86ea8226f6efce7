package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Finds what rewrites the client's address in an application, however it was enabled.
 */
final class AddressRewriters {

	static final String STRATEGY = "server.forward-headers-strategy";

	/** Tomcat uses these whatever the strategy is. */
	private static final List<String> TOMCAT_PROPERTIES = List.of("server.tomcat.remoteip.remote-ip-header",
			"server.tomcat.remoteip.protocol-header");

	/** The name by which WebFlux finds the bean. */
	private static final String TRANSFORMER = "forwardedHeaderTransformer";

	/** Absent from a reactive application. */
	private static final List<String> FILTERS = List.of("jakarta.servlet.Filter",
			"org.springframework.boot.web.servlet.AbstractFilterRegistrationBean");

	private AddressRewriters() {
	}

	/**
	 * Return what rewrites the address: the server first, then filters. The server itself
	 * is inspected only if no property says that it rewrites the address.
	 * @param context an application whose web server has been created
	 */
	static List<AddressRewriter> find(ApplicationContext context) {
		Environment environment = context.getEnvironment();
		List<AddressRewriter> found = new ArrayList<>();
		AddressRewriter server = ofServer(environment);
		String part = (server == null) ? EmbeddedServer.rewritingComponent(context) : null;
		if (server != null) {
			found.add(server);
		}
		else if (part != null) {
			found.add(AddressRewriter.ofServer("the server has a component of type " + part,
					"remove the " + ClassUtils.getShortName(part) + " from the server"));
		}
		if ("framework".equals(strategy(environment))) {
			found.add(ofStrategy("framework"));
		}
		else if (context.containsBean(TRANSFORMER)) {
			found.add(AddressRewriter.ofSpring("there is a bean '" + TRANSFORMER + "'",
					"remove the bean '" + TRANSFORMER + "'"));
		}
		else if (FILTERS.stream().allMatch((type) -> ClassUtils.isPresent(type, context.getClassLoader()))) {
			found.addAll(RewritingFilters.find(context));
		}
		return found;
	}

	/**
	 * Return whether a property, or the default of the cloud platform, makes the server
	 * or a filter rewrite the address.
	 */
	static boolean areConfigured(Environment environment) {
		return ofServer(environment) != null || "framework".equals(strategy(environment));
	}

	private static @Nullable AddressRewriter ofServer(Environment environment) {
		for (String property : TOMCAT_PROPERTIES) {
			if (StringUtils.hasText(environment.getProperty(property))) {
				return AddressRewriter.ofServer("'" + property + "' is set", "remove '" + property + "'");
			}
		}
		if ("native".equals(strategy(environment))) {
			return ofStrategy("native");
		}
		CloudPlatform platform = CloudPlatform.getActive(environment);
		if (environment.getProperty(STRATEGY) != null || platform == null || !platform.isUsingForwardHeaders()) {
			return null;
		}
		return AddressRewriter.ofServer("Spring Boot sets '" + STRATEGY + "' to 'native' by default on "
				+ platform.name().toLowerCase(Locale.ROOT).replace('_', ' '), none());
	}

	private static AddressRewriter ofStrategy(String strategy) {
		String cause = "'" + STRATEGY + "' is '" + strategy + "'";
		return strategy.equals("native") ? AddressRewriter.ofServer(cause, none())
				: AddressRewriter.ofSpring(cause, none());
	}

	private static String none() {
		return "set '" + STRATEGY + "' to 'none'";
	}

	/**
	 * Return the configured strategy; null if it does not rewrite the address.
	 */
	static @Nullable String strategy(Environment environment) {
		String strategy = environment.getProperty(STRATEGY, "").trim().toLowerCase(Locale.ROOT);
		return Set.of("native", "framework").contains(strategy) ? strategy : null;
	}

}
