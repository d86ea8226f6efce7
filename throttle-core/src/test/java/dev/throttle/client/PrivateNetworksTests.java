package dev.throttle.client;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrivateNetworks}.
 */
class PrivateNetworksTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, true", "172.16.0.0, true", "172.32.0.1, false", "192.168.255.255, true",
			"100.127.0.1, true", "fd00::/64, true", "127.0.0.1, false", "::1, false", "8.8.8.8, false",
			"alice, false" })
	void privateNetworksAreThoseThatAreNotReachedFromTheInternet(String address, boolean isPrivate) {
		assertThat(PrivateNetworks.contain(address)).isEqualTo(isPrivate);
	}

}
