package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Locale;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.ThrottleRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reports how clients are identified, fails if forwarded headers would be read twice, and
 * warns if the backend or the way to find the client's address does not suit the
 * deployment.
 */
final class DeploymentReport implements StartupContributor {

	private static final Logger logger = LoggerFactory.getLogger(DeploymentReport.class);

	private final ThrottleProperties properties;

	private final ThrottleRegistry throttles;

	private final ClientAddressResolver addresses;

	private final ApplicationContext context;

	private final Environment environment;

	private List<AddressRewriter> rewriters = List.of();

	DeploymentReport(ThrottleProperties properties, ThrottleRegistry throttles, ClientAddressResolver addresses,
			ApplicationContext context) {
		this.properties = properties;
		this.throttles = throttles;
		this.addresses = addresses;
		this.context = context;
		this.environment = context.getEnvironment();
	}

	@Override
	public void check() {
		this.rewriters = AddressRewriters.find(this.context);
		if (!this.rewriters.isEmpty() && this.addresses.header() != null) {
			throw readTwice();
		}
	}

	@Override
	public void warn() {
		warnOfSeveralInstances(AddressRewriters.strategy(this.environment));
		if (this.properties.getClient().getNumProxies() == null) {
			this.rewriters.forEach(DeploymentReport::warnOfTrustedHeaders);
		}
	}

	@Override
	public void inform() {
		logger.info("Clients are identified by user, or else by {}; accounting: {}",
				this.rewriters.isEmpty() ? this.addresses.description()
						: "the address in forwarded headers, as "
								+ AddressRewriter.text(this.rewriters, AddressRewriter::cause),
				this.properties.getAccounting().name().toLowerCase(Locale.ROOT).replace('_', '-'));
	}

	private InvalidThrottleConfigurationException readTwice() {
		ClientProperties client = this.properties.getClient();
		String reader = (client.getNumProxies() != null) ? "'throttle.client.num-proxies'"
				: client.getTrustedProxies().isEmpty() ? "the bean of type ClientAddressResolver"
						: "'throttle.client.trusted-proxies'";
		return new InvalidThrottleConfigurationException(Mistake.FORWARDED_HEADERS_READ_TWICE,
				"Forwarded headers are read twice: by " + reader + ", and before it, as "
						+ AddressRewriter.text(this.rewriters, AddressRewriter::cause)
						+ ". Clients can then forge their address, because "
						+ AddressRewriter.text(this.rewriters, AddressRewriter::trust) + ".",
				StringUtils.capitalize(AddressRewriter.text(this.rewriters, AddressRewriter::remedy)) + ". Or remove "
						+ reader + " if the address is already correct.");
	}

	private void warnOfSeveralInstances(@Nullable String strategy) {
		boolean alone = this.throttles.all().stream().noneMatch((step) -> step.backend().isShared());
		String sign = sign(strategy);
		if (alone && sign != null && this.properties.getBackend() == null) {
			logger
				.warn("Requests are counted in this process only, but {}. N instances allow up to N times each limit. "
						+ "Set 'throttle.backend' to 'redis' or 'jdbc' to share counts between instances, or to 'memory' if there is only one",
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
				? "'" + AddressRewriters.STRATEGY + "' suggests that it is behind a proxy, perhaps in several instances"
				: null;
	}

	private static void warnOfTrustedHeaders(AddressRewriter rewriter) {
		logger
			.warn("The client's address is taken from forwarded headers, because {}: {}. That is safe only if {}. If a "
					+ "request can arrive another way, such as through a node port, a sidecar or another pod, its sender chooses the address it is counted under. "
					+ "{} and set 'throttle.client.trusted-proxies' to the networks of the proxies, or set 'throttle.client.num-proxies' to '0' if the address is already correct",
					rewriter.cause(), rewriter.trust(), rewriter.condition(),
					StringUtils.capitalize(rewriter.remedy()));
	}

}
