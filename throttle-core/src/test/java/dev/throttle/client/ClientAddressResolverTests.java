package dev.throttle.client;

import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ClientAddressResolver}.
 */
class ClientAddressResolverTests {

	private static final String REMOTE = "192.0.2.1";

	private final ClientAddressResolver unset = ClientAddressResolver.builder().build();

	private final ClientAddressResolver behindTwoProxies = ClientAddressResolver.builder().numProxies(2).build();

	private final ClientAddressResolver behindNetworks = ClientAddressResolver.builder()
		.trustedProxies(List.of("192.0.2.0/24", "10.0.0.0/8", "2001:db8:ffff::/48"))
		.build();

	@Test
	void nothingForwardedIsBelievedByDefault() {
		assertThat(this.unset.resolve(REMOTE, List.of("203.0.113.7"))).isEqualTo(REMOTE);
		assertThat(this.unset.header()).isNull();
	}

	@Test
	void noProxiesMeansTheRemoteAddress() {
		ClientAddressResolver resolver = ClientAddressResolver.builder().numProxies(0).build();
		assertThat(resolver.resolve(REMOTE, List.of("203.0.113.7"))).isEqualTo(REMOTE);
		assertThat(resolver.header()).isNull();
	}

	@Test
	void plainIpv4RemoteAddressIsGivenBackItself() {
		assertThat(this.unset.resolve(REMOTE, List.of())).isSameAs(REMOTE);
		assertThat(this.behindTwoProxies.resolve(REMOTE, List.of())).isSameAs(REMOTE);
	}

	@ParameterizedTest
	@CsvSource({ "1.1.1.1, 192.0.2.1", "'1.1.1.1, 2.2.2.2', 1.1.1.1", "'1.1.1.1,2.2.2.2,3.3.3.3', 2.2.2.2",
			"'6.6.6.6, 1.1.1.1:80 , 3.3.3.3', 1.1.1.1", "'6.6.6.6,[2001:db8:1::1]:80,3.3.3.3', 2001:db8:1::/64",
			"'6.6.6.6, unknown, 3.3.3.3', 192.0.2.1", "'6.6.6.6,,3.3.3.3', 192.0.2.1", "'1.1.1.1,', 1.1.1.1",
			"',', 192.0.2.1", "'', 192.0.2.1", "',1.1.1.1', 192.0.2.1" })
	void numberOfProxiesCountsEntriesFromTheRight(String forwardedFor, String client) {
		assertThat(this.behindTwoProxies.resolve(REMOTE, List.of(forwardedFor))).isEqualTo(client);
		assertThat(this.behindTwoProxies.header()).isEqualTo("X-Forwarded-For");
	}

	@Test
	void headerLinesAreOneList() {
		assertThat(this.behindTwoProxies.resolve(REMOTE, List.of("6.6.6.6", "1.1.1.1", "2.2.2.2")))
			.isEqualTo("1.1.1.1");
		assertThat(this.behindTwoProxies.resolve(REMOTE, List.of("6.6.6.6, 1.1.1.1", "2.2.2.2"))).isEqualTo("1.1.1.1");
		assertThat(this.behindTwoProxies.resolve(REMOTE, List.of("6.6.6.6", "1.1.1.1, 2.2.2.2"))).isEqualTo("1.1.1.1");
		assertThat(this.behindNetworks.resolve(REMOTE, List.of("6.6.6.6, 1.1.1.1", "10.0.0.2", "10.0.0.1")))
			.isEqualTo("1.1.1.1");
	}

	@Test
	void linesAreReadAsIfTheyWereJoinedByComma() {
		Random random = new Random(3);
		List<String> parts = List.of("", ",", ", ", "1.1.1.1", "10.0.0.1", "unknown", "2001:db8::1",
				"10.0.0.2,3.3.3.3");
		for (int i = 0; i < 5000; i++) {
			List<String> lines = random.ints(1 + random.nextInt(6), 0, parts.size()).mapToObj(parts::get).toList();
			List<String> joined = List.of(String.join(",", lines));
			assertThat(this.behindTwoProxies.resolve(REMOTE, lines))
				.isEqualTo(this.behindTwoProxies.resolve(REMOTE, joined));
			assertThat(this.behindNetworks.resolve(REMOTE, lines))
				.isEqualTo(this.behindNetworks.resolve(REMOTE, joined));
		}
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 1.1.1.1, 1.1.1.1", "192.0.2.1, '6.6.6.6, 1.1.1.1', 1.1.1.1",
			"192.0.2.1, '6.6.6.6, 1.1.1.1, 10.0.0.2', 1.1.1.1", "192.0.2.1, '10.0.0.3, 10.0.0.2', 10.0.0.3",
			"192.0.2.1, '6.6.6.6, 2001:db8:1::1, [2001:db8:ffff::1]:80, 10.0.0.2:443', 2001:db8:1::/64",
			"::ffff:192.0.2.1, '6.6.6.6, 1.1.1.1, ::ffff:10.0.0.2', 1.1.1.1",
			"2001:db8:ffff:1::1, '6.6.6.6, 1.1.1.1', 1.1.1.1", "203.0.113.9, 1.1.1.1, 203.0.113.9",
			"2001:db8:1::1, 1.1.1.1, 2001:db8:1::/64", "192.0.2.1, unknown, 192.0.2.1",
			"192.0.2.1, '1.1.1.1, unknown, 10.0.0.2', 192.0.2.1", "192.0.2.1, '1.1.1.1,', 192.0.2.1",
			"192.0.2.1, '', 192.0.2.1", "192.0.2.1, 'unknown, 1.1.1.1', 1.1.1.1", "unix:, 1.1.1.1, unix:",
			"unknown, 10.0.0.1, unknown" })
	void trustedProxiesArePassedOverFromTheRight(String remote, String forwardedFor, String client) {
		assertThat(this.behindNetworks.resolve(remote, List.of(forwardedFor))).isEqualTo(client);
		assertThat(this.behindNetworks.header()).isEqualTo("X-Forwarded-For");
	}

	@Test
	void trustedProxyThatForwardsNothingIsTheClient() {
		assertThat(this.behindNetworks.resolve(REMOTE, List.of())).isEqualTo(REMOTE);
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1", "' 192.0.2.1 ', 192.0.2.1", "192.0.2.1:51234, 192.0.2.1",
			"::ffff:192.0.2.1, 192.0.2.1", "0:0:0:0:0:0:0:1, ::/64", "2001:db8:0:0:aaaa:bbbb:cccc:dddd, 2001:db8::/64",
			"2001:DB8::1, 2001:db8::/64", "[2001:db8::1]:80, 2001:db8::/64", "fe80::1%eth0, fe80::/64" })
	void remoteAddressIsBroughtToItsCanonicalForm(String remote, String client) {
		assertThat(this.unset.resolve(remote, List.of())).isEqualTo(client);
	}

	@Test
	void addressesOfOneIpv6NetworkAreOneClient() {
		assertThat(this.unset.resolve("2001:db8::1", List.of()))
			.isEqualTo(this.unset.resolve("2001:db8:0:0:ffff:ffff:ffff:ffff", List.of()))
			.isNotEqualTo(this.unset.resolve("2001:db8:0:1::1", List.of()));
	}

	@Test
	void ipv6PrefixCanBeChosen() {
		ClientAddressResolver bySite = ClientAddressResolver.builder().ipv6Prefix(48).build();
		ClientAddressResolver byAddress = ClientAddressResolver.builder().ipv6Prefix(128).build();
		assertThat(bySite.resolve("2001:db8:1:2::3", List.of())).isEqualTo("2001:db8:1::/48");
		assertThat(byAddress.resolve("2001:db8:1:2:0::3", List.of())).isEqualTo("2001:db8:1:2::3");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "null",
			value = { "null, unknown", "'', unknown", "'  ', unknown", "'\u0000', unknown", "unix:, unix:",
					"' unix:/run/app.sock ', unix:/run/app.sock", "localhost, localhost",
					"192.0.2.1%eth0, 192.0.2.1%eth0", "0192.0.2.1, 0192.0.2.1" })
	void remoteAddressThatIsNoneIsKeptAsItsText(String remote, String client) {
		assertThat(this.unset.resolve(remote, List.of())).isEqualTo(client);
		assertThat(this.behindTwoProxies.resolve(remote, List.of("unknown"))).isEqualTo(client);
		assertThat(this.behindNetworks.resolve(remote, List.of("10.0.0.1"))).isEqualTo(client);
	}

	@Test
	void textOfARemoteAddressIsBounded() {
		assertThat(this.unset.resolve("x".repeat(10_000), List.of())).isEqualTo("x".repeat(128));
		assertThat(this.unset.resolve("fe80::1%" + "x".repeat(10_000), List.of())).isEqualTo("fe80::/64");
	}

	@Test
	@Timeout(20)
	void hostileHeadersAreReadInLinearTime() {
		int times = 200_000;
		List<String> headers = List.of(",".repeat(times), "10.0.0.1,".repeat(times) + "10.0.0.1", "[".repeat(times),
				":".repeat(times), "1".repeat(times), "1:".repeat(times), "%".repeat(times), " ".repeat(times),
				"1.".repeat(times), "10.0.0.1:80 , ".repeat(times) + "10.0.0.1", "\u0661".repeat(times),
				"\u0000".repeat(times), "[::1%" + "a".repeat(times), " ,".repeat(times) + "10.0.0.1");
		ClientAddressResolver behindMany = ClientAddressResolver.builder().numProxies(times).build();
		for (String header : headers) {
			for (ClientAddressResolver resolver : List.of(this.behindTwoProxies, behindMany, this.behindNetworks)) {
				assertThat(resolver.resolve(REMOTE, List.of(header))).isIn(REMOTE, "10.0.0.1");
				assertThat(resolver.resolve(header, List.of())).isNotEmpty().hasSizeLessThanOrEqualTo(128);
			}
		}
		List<String> lines = Collections.nCopies(times, "10.0.0.1");
		assertThat(behindMany.resolve(REMOTE, lines)).isEqualTo("10.0.0.1");
		assertThat(this.behindNetworks.resolve(REMOTE, lines)).isEqualTo("10.0.0.1");
	}

	@Test
	void randomTextIsReadWithoutFailure() {
		Random random = new Random(4);
		String alphabet = "0123456789abcdefABCDEFg::::....,,%[]/ \t\u0000\u0661\ud83d\n";
		for (int i = 0; i < 100_000; i++) {
			StringBuilder text = new StringBuilder();
			random.ints(random.nextInt(40), 0, alphabet.length()).forEach((at) -> text.append(alphabet.charAt(at)));
			assertThat(this.behindTwoProxies.resolve(text.toString(), List.of(text.toString()))).isNotEmpty();
			assertThat(this.behindNetworks.resolve(REMOTE, List.of(text.toString()))).isNotEmpty();
		}
	}

	@Test
	void numberOfProxiesAndTheirNetworksExcludeEachOther() {
		ClientAddressResolver.Builder builder = ClientAddressResolver.builder()
			.numProxies(0)
			.trustedProxies(List.of("10.0.0.0/8"));
		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessage("Both 'numProxies' and 'trustedProxies' are set; remove 'numProxies' if the addresses of the "
					+ "proxies are known, else remove 'trustedProxies'");
		assertThat(builder.numProxies(null).build().header()).isEqualTo("X-Forwarded-For");
		assertThat(builder.numProxies(1).trustedProxies(List.of()).build().header()).isEqualTo("X-Forwarded-For");
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 203.0.113.7, 203.0.113.7", "10.0.0.1, 203.0.113.7:443, 203.0.113.7",
			"10.0.0.1, 2001:db8:1::1, 2001:db8:1::/64", "10.0.0.1, 64:ff9b::203.0.113.7, 203.0.113.7",
			"10.0.0.1, '203.0.113.7, 203.0.113.8', 10.0.0.1", "10.0.0.1, unknown, 10.0.0.1", "10.0.0.1, '', 10.0.0.1",
			"192.0.2.1, 203.0.113.7, 192.0.2.1" })
	void otherHeaderIsBelievedIfATrustedProxySendsOneAddress(String remote, String header, String client) {
		assertThat(behindCloudflare().header()).isEqualTo("CF-Connecting-IP");
		assertThat(behindCloudflare().resolve(remote, List.of(header))).isEqualTo(client);
	}

	@Test
	void otherHeaderIsNotBelievedIfItIsAbsentOrSentTwice() {
		assertThat(behindCloudflare().resolve("10.0.0.1", List.of())).isEqualTo("10.0.0.1");
		assertThat(behindCloudflare().resolve("10.0.0.1", List.of("203.0.113.7", "203.0.113.7"))).isEqualTo("10.0.0.1");
	}

	@Test
	void otherHeaderWithoutTrustedProxiesIsAnError() {
		ClientAddressResolver.Builder builder = ClientAddressResolver.builder()
			.numProxies(1)
			.addressHeader("CF-Connecting-IP");
		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessageStartingWith("'addressHeader' is set without 'trustedProxies'");
	}

	private static ClientAddressResolver behindCloudflare() {
		return ClientAddressResolver.builder()
			.trustedProxies(List.of("10.0.0.0/8"))
			.addressHeader("CF-Connecting-IP")
			.build();
	}

	@Test
	void negativeNumberOfProxiesIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> ClientAddressResolver.builder().numProxies(-1))
			.withMessage("'numProxies' must be at least 0 but is -1; write the number of proxies in front of the "
					+ "application, or 0 to ignore X-Forwarded-For");
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, 129, Integer.MAX_VALUE })
	void ipv6PrefixOutOfItsRangeIsAnError(int prefix) {
		assertThatIllegalArgumentException().isThrownBy(() -> ClientAddressResolver.builder().ipv6Prefix(prefix))
			.withMessage("'ipv6Prefix' must be from 1 to 128 but is " + prefix
					+ "; write 64 to count each network as one client, or 128 to count each address");
	}

	@Test
	void networkThatIsNoneIsAnError() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ClientAddressResolver.builder().trustedProxies(List.of("10.0.0.0/8", "proxy")))
			.withMessageContaining("Invalid network 'proxy': ");
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8::1, 2001:db8::/64", "2001:DB8:0:0:1:2:3:4, 2001:db8::/64", "2001:db8::/64, 2001:db8::/64",
			"192.0.2.1, 192.0.2.1", "::ffff:192.0.2.1, 192.0.2.1", "alice,", "'',", "192.0.2.1/64, 192.0.2.1",
			"192.0.2.256,", "2001:db8::/32," })
	void addressThatAnOperatorWritesIsTheOneUnderWhichRequestsAreCounted(String text, @Nullable String address) {
		assertThat(ClientAddressResolver.builder().build().address(text)).isEqualTo(address);
	}

}
