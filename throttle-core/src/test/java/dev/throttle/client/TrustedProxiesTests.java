package dev.throttle.client;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Which networks can be those of proxies.
 */
class TrustedProxiesTests {

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/7", "8000::/1", "2000::/3",
			"fc00::/6", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b::/64", "64:ff9b::/32" })
	void networkInWhichClientsAreIsRefused(String network) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ClientAddressResolver.builder().trustedProxies(List.of("10.0.0.1", network)))
			.withMessageStartingWith("Invalid network '" + network + "': it is so wide that it contains clients");
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.0/8", "fc00::/7", "fd00::/8", "::ffff:10.0.0.0/104", "64:ff9b::10.0.0.0/104" })
	void widestPrivateNetworkCanBeTrusted(String network) {
		assertThat(ClientAddressResolver.builder().trustedProxies(List.of(network)).build().header())
			.isEqualTo("X-Forwarded-For");
	}

}
