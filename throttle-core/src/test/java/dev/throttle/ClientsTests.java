package dev.throttle;

import java.util.List;

import dev.throttle.client.ClientAddressResolver;
import dev.throttle.client.PrivateNetworks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the clients that an operator's ident stands for.
 */
class ClientsTests {

	@Test
	void identIsAUserAndWhereItIsOneAnAddress() {
		for (SimpleRateThrottle throttle : List.of(new UserRateThrottle(), new ScopedRateThrottle())) {
			assertThat(throttle.clients("alice", null)).containsExactly(Client.user("alice"));
			assertThat(throttle.clients("192.0.2.1", "192.0.2.1")).containsExactly(Client.user("192.0.2.1"),
					Client.address("192.0.2.1"));
		}
		assertThat(new AnonRateThrottle().clients("alice", null)).isEmpty();
		assertThat(new AnonRateThrottle().clients("::1", "::/64")).containsExactly(Client.address("::/64"));
	}

	@Test
	void identOfAnOwnThrottleIsOfItsKind() {
		SimpleRateThrottle tenants = new SimpleRateThrottle("tenant") {

			@Override
			protected @Nullable String ident(ThrottleRequest request) {
				return request.header("X-Tenant");
			}

		};
		assertThat(tenants.clients("acme", null)).containsExactly(Client.of("tenant", "acme"));
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8::1, 2001:db8::/64", "2001:DB8:0:0:1:2:3:4, 2001:db8::/64", "2001:db8::/64, 2001:db8::/64",
			"192.0.2.1, 192.0.2.1", "::ffff:192.0.2.1, 192.0.2.1", "alice,", "'',", "192.0.2.1/64, 192.0.2.1",
			"192.0.2.256,", "2001:db8::/32," })
	void addressIsTheOneUnderWhichRequestsAreCounted(String text, @Nullable String address) {
		assertThat(ClientAddressResolver.builder().build().address(text)).isEqualTo(address);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, true", "172.16.0.0, true", "172.32.0.1, false", "192.168.255.255, true",
			"100.127.0.1, true", "fd00::/64, true", "127.0.0.1, false", "::1, false", "8.8.8.8, false",
			"alice, false" })
	void privateNetworksAreThoseThatAreNotReachedFromTheInternet(String address, boolean isPrivate) {
		assertThat(PrivateNetworks.contain(address)).isEqualTo(isPrivate);
	}

}
