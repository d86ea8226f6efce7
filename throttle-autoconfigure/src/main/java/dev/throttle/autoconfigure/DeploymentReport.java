package dev.throttle.autoconfigure;

import java.util.Locale;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/**
 * Says by what clients are told apart, and warns where that and the backend do not suit
 * the place where the application runs.
 */
final class DeploymentReport implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(DeploymentReport.class);

	private final ThrottleProperties properties;

	private final ThrottleRegistry throttles;

	private final ClientAddressResolver addresses;

	private final Environment environment;

	DeploymentReport(ThrottleProperties properties, ThrottleRegistry throttles, ClientAddressResolver addresses,
			Environment environment) {
		this.properties = properties;
		this.throttles = throttles;
		this.addresses = addresses;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		logger.info("Clients are told apart by user, or else by {}{}; accounting is {}", this.addresses.description(),
				(ClientAddresses.rewritingProperty(this.environment) != null)
						? " (as the server takes it from forwarded headers)" : "",
				this.properties.getAccounting().name().toLowerCase(Locale.ROOT).replace('_', '-'));
		String strategy = strategy();
		warnOfSeveralInstances(strategy);
		if (strategy != null && !this.addresses.readsForwardedFor()
				&& this.properties.getClient().getNumProxies() == null) {
			warnOfBelievedAddresses(strategy);
		}
	}

	private void warnOfSeveralInstances(@Nullable String strategy) {
		boolean alone = this.throttles.all().stream().noneMatch((step) -> step.backend().shared());
		String sign = sign(strategy);
		if (alone && sign != null && this.properties.getBackend() == null) {
			logger.warn("Requests are counted in this process alone, but {}: N instances allow up to N times a limit. "
					+ "Set 'throttle.backend' to 'redis' to count in all of them together, or to 'memory' if there is only one",
					sign);
		}
	}

	private @Nullable String sign(@Nullable String strategy) {
		CloudPlatform platform = CloudPlatform.getActive(this.environment);
		if (platform != null && platform != CloudPlatform.NONE) {
			return "the application runs on " + platform.name().toLowerCase(Locale.ROOT).replace('_', ' ')
					+ ", perhaps in several instances";
		}
		return (strategy != null)
				? "'" + ClientAddresses.STRATEGY + "' says that it is behind a proxy, perhaps in several instances"
				: null;
	}

	private static void warnOfBelievedAddresses(String strategy) {
		logger.warn("'{}' is '{}', by which {}: a client that can write that header is counted as whom it likes. "
				+ "Make sure that the proxy overwrites the header, or set '{}' to 'none' and 'throttle.client.trusted-proxies' to the networks of the proxies",
				ClientAddresses.STRATEGY, strategy,
				strategy.equals("framework") ? "the first entry of X-Forwarded-For is believed, whoever sends it"
						: "the server believes X-Forwarded-For, Tomcat from every private address, others from anybody",
				ClientAddresses.STRATEGY);
	}

	/**
	 * Return the strategy that is set, null where it rewrites no address.
	 */
	private @Nullable String strategy() {
		String strategy = this.environment.getProperty(ClientAddresses.STRATEGY, "").trim().toLowerCase(Locale.ROOT);
		return (strategy.equals("framework") || strategy.equals("native")) ? strategy : null;
	}

}
