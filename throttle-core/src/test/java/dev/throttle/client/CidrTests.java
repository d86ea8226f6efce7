package dev.throttle.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Cidr}.
 */
class CidrTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.0.0.0, true", "10.0.0.0/8, 10.255.255.255, true", "10.0.0.0/8, 11.0.0.0, false",
			"10.0.0.0/8, 9.255.255.255, false", "192.0.2.128/25, 192.0.2.127, false",
			"192.0.2.128/25, 192.0.2.128, true", "192.0.2.1/32, 192.0.2.1, true", "192.0.2.1/32, 192.0.2.0, false",
			"192.0.2.1, 192.0.2.1, true", "192.0.2.1, 192.0.2.2, false", "0.0.0.0/0, 203.0.113.7, true",
			"0.0.0.0/0, 2001:db8::1, false", "0.0.0.0/0, ::1, false", "::/0, 2001:db8::1, true",
			"::/0, 203.0.113.7, false", "2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::, false",
			"2001:db8:0:8000::/49, 2001:db8:0:ffff::1, true", "2001:db8:0:8000::/49, 2001:db8:0:7fff::1, false",
			"2001:db8::8000:0/97, 2001:db8::ffff:ffff, true", "2001:db8::8000:0/97, 2001:db8::7fff:ffff, false",
			"::1, ::1, true", "::1/128, ::2, false", "10.0.0.0/8, ::ffff:10.1.2.3, true",
			"::ffff:10.0.0.0/104, 10.1.2.3, true", "::ffff:10.0.0.0/104, 11.1.2.3, false",
			"' 10.0.0.0/8 ', 10.1.2.3, true" })
	void networkContainsTheAddressesUnderItsPrefix(String network, String address, boolean contained) {
		IpAddress parsed = AddressParser.parse(address);
		assertThat(parsed).isNotNull();
		assertThat(Cidr.parse(network).contains(parsed)).isEqualTo(contained);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.0.0.0/8", "10.0.0.1, 10.0.0.1/32", "2001:DB8:0::/32, 2001:db8::/32", "::1, ::1/128",
			"::ffff:10.0.0.0/104, 10.0.0.0/8" })
	void networkIsShownInItsCanonicalForm(String text, String canonical) {
		assertThat(Cidr.parse(text)).hasToString(canonical);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "/", "/8", "10/8", "10.0.0/8", "10.0.0.*", "10.0.0.0-10.0.0.9", "localhost",
			"proxy.example.org", "[::1]", "[::1]/128", "10.0.0.1:80", "fe80::1%eth0", "10.0.0.0,11.0.0.0",
			"010.0.0.0/8" })
	void whatIsNoAddressIsNamedAndShownHowToWrite(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text))
			.withMessageStartingWith("Invalid network '" + text + "': ")
			.withMessageContaining("is not an address; write a network such as '10.0.0.0/8' or '2001:db8::/32'");
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/, 32", "10.0.0.0/33, 32", "10.0.0.0/-1, 32", "10.0.0.0/a, 32", "10.0.0.0/8/8, 32",
			"10.0.0.0/255.0.0.0, 32", "10.0.0.0/ 8, 32", "10.0.0.0/0008, 32", "10.0.0.0/\u0668, 32",
			"10.0.0.0/99999999999, 32", "2001:db8::/129, 128", "2001:db8::/, 128" })
	void whatIsNoPrefixIsNamedAndShownHowToWrite(String text, int max) {
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text))
			.withMessageStartingWith("Invalid network '" + text + "': ")
			.withMessageContaining("write a whole number from 0 to " + max + " after '/'");
	}

	@Test
	void addressWithinANetworkIsToldApartFromTheNetwork() {
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("10.1.2.3/8"))
			.withMessage("Invalid network '10.1.2.3/8': the address is not the first of its network; "
					+ "write '10.0.0.0/8' for the network or '10.1.2.3' for the address alone");
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("2001:db8::1/64"))
			.withMessageContaining("write '2001:db8::/64' for the network or '2001:db8::1' for the address alone");
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("::ffff:10.1.2.3/104"))
			.withMessageContaining("write '10.0.0.0/8' for the network or '10.1.2.3' for the address alone");
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("::ffff:0:0/90"));
	}

}
