package dev.throttle.client;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ClientNetwork}.
 */
class ClientNetworkTests {

	@ParameterizedTest
	@CsvSource({ "10.1.0.0/16, 10.1.255.255", "10.1.2.3, 10.1.2.3", "0.0.0.0/0, 192.0.2.1",
			"2001:db8::/32, 2001:db8:1::1", "2001:db8::/64, 2001:db8::1", "::/0, 2001:db8::1" })
	void clientsInside(String network, String address) {
		assertThat(ClientNetwork.parse(network, 64).contains(resolved(address))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "10.1.0.0/16, 10.2.0.0", "10.1.2.3, 10.1.2.4", "2001:db8::/64, 2001:db8:0:1::1", "::/0, 192.0.2.1",
			"0.0.0.0/0, 2001:db8::1", "0.0.0.0/0, unknown" })
	void clientsOutside(String network, String address) {
		assertThat(ClientNetwork.parse(network, 64).contains(resolved(address))).isFalse();
	}

	@Test
	void partOfTheNetworkOfOneClientIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ClientNetwork.parse("2001:db8::1", 64))
			.withMessage(
					"Invalid network '2001:db8::1': it is a part of a network that is one client; write '2001:db8::/64'");
		assertThat(ClientNetwork.parse("2001:db8::1", 128).contains("2001:db8::1")).isTrue();
	}

	@Test
	void canonicalForm() {
		assertThat(ClientNetwork.parse("10.0.0.1", 64)).hasToString("10.0.0.1/32")
			.hasToString(ClientNetwork.parse("10.0.0.1/32", 64).toString());
	}

	private static String resolved(String address) {
		return ClientAddressResolver.builder().build().resolve(address, List.of());
	}

}
