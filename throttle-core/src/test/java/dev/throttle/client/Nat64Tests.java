package dev.throttle.client;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients of IPv4 whose addresses NAT64 writes as {@code 64:ff9b::192.0.2.1}.
 */
class Nat64Tests {

	@ParameterizedTest
	@CsvSource({ "64:ff9b::192.0.2.1, 192.0.2.1", "64:ff9b::c000:201, 192.0.2.1", "64:FF9B::C000:0201, 192.0.2.1",
			"0064:ff9b:0:0:0:0:c000:0201, 192.0.2.1", "[64:ff9b::c000:201]:4711, 192.0.2.1",
			"64:ff9b::c000:201%eth0, 192.0.2.1", "64:ff9b::10.0.0.1, 10.0.0.1", "64:ff9b::127.0.0.1, 127.0.0.1",
			"64:ff9b::ffff:ffff, 255.255.255.255", "64:ff9b::1:c000:201, 64:ff9b::/64",
			"64:ff9b:1::c000:201, 64:ff9b:1::/64", "64:ff9a::c000:201, 64:ff9a::/64" })
	void clientIsTheIpv4AddressThatNat64Wrote(String remote, String client) {
		for (int prefix : new int[] { 64, 128 }) {
			ClientAddressResolver resolver = ClientAddressResolver.builder().ipv6Prefix(prefix).build();
			if (prefix == 64 || !client.contains("/")) {
				assertThat(resolver.resolve(remote, List.of())).isEqualTo(client);
				assertThat(resolver.address(remote)).isEqualTo(client);
			}
		}
	}

	@Test
	void entryOfXForwardedForIsTheIpv4Address() {
		ClientAddressResolver resolver = ClientAddressResolver.builder().numProxies(1).build();
		assertThat(resolver.resolve("192.0.2.1", List.of("64:ff9b::203.0.113.7"))).isEqualTo("203.0.113.7");
	}

	@ParameterizedTest
	@ValueSource(strings = { "192.0.2.1", "192.0.2.0/24", "64:ff9b::192.0.2.1", "64:ff9b::c000:200/120" })
	void proxyIsTrustedThroughNat64(String proxies) {
		ClientAddressResolver resolver = behind(proxies);
		assertThat(resolver.resolve("64:ff9b::192.0.2.1", List.of("203.0.113.7"))).isEqualTo("203.0.113.7");
		assertThat(resolver.resolve("192.0.2.1", List.of("203.0.113.7, 64:ff9b::192.0.2.1"))).isEqualTo("203.0.113.7");
		assertThat(resolver.resolve("64:ff9b::198.51.100.1", List.of("203.0.113.7"))).isEqualTo("198.51.100.1");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.1", "169.254.0.1", "0.0.0.0" })
	void privateAddressIsNotTrustedThroughNat64(String address) {
		assertThat(behind(address).resolve("64:ff9b::" + address, List.of("203.0.113.7"))).isEqualTo(address);
		assertThat(behind(address).resolve(address, List.of("203.0.113.7, 64:ff9b::" + address))).isEqualTo(address);
		assertThat(behind("64:ff9b::" + address).resolve("64:ff9b::" + address, List.of("203.0.113.7")))
			.isEqualTo("203.0.113.7");
		assertThat(behind("64:ff9b::" + address).resolve(address, List.of("203.0.113.7"))).isEqualTo(address);
	}

	private static ClientAddressResolver behind(String proxies) {
		return ClientAddressResolver.builder().trustedProxies(List.of(proxies)).build();
	}

}
