package dev.throttle.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AddressParser}, {@link Ipv6Parser} and {@link IpAddress}.
 */
class AddressParserTests {

	private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

	private static final Pattern IPV4_TAIL = Pattern.compile("(?<=:)" + OCTET + "([.]" + OCTET + "){3}$");

	private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "1.2.3.4", "192.0.2.1", "255.255.255.255", "10.0.0.10" })
	void ipv4AddressIsSpelledInOneWay(String text) {
		assertThat(AddressParser.parse(text)).hasToString(text);
		assertThat(AddressParser.isIpv4(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..2.3", "1.2.3.256",
			"1.2.3.1000", "01.2.3.4", "1.2.3.04", "00.0.0.0", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4",
			"-1.2.3.4", "1.2.3.4/32", "1,2,3,4", "16909060", "1.2.3.\u0664", "\uff11.2.3.4", "1.2.3.4\u0000",
			"localhost", "1.2.3.a" })
	void whatIsNotFourOctetsIsNoIpv4Address(String text) {
		assertThat(AddressParser.parse(text)).isNull();
		assertThat(AddressParser.isIpv4(text)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "::, ::", "::1, ::1", "1::, 1::", "0:0:0:0:0:0:0:0, ::", "0:0:0:0:0:0:0:1, ::1",
			"2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a", "FF01:0:0:0:0:0:0:101, ff01::101",
			"2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
			"2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
			"2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
			"::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8", "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8", "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
			"::13.1.68.3, ::d01:4403", "0:0:0:0:0:0:13.1.68.3, ::d01:4403", "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
			"1:2:3:4:5:6:7.8.9.10, 1:2:3:4:5:6:708:90a", "::fffe:1.2.3.4, ::fffe:102:304",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
			"::ffff:0:1.2.3.4, ::ffff:0:102:304", "1::ffff:1.2.3.4, 1::ffff:102:304" })
	void ipv6AddressIsSpelledAsRfc5952Recommends(String text, String canonical) {
		IpAddress address = AddressParser.parse(text);
		assertThat(address).hasToString(canonical);
		assertThat(AddressParser.parse(canonical)).isEqualTo(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "::ffff:1.2.3.4", "::FFFF:1.2.3.4", "::ffff:102:304", "0:0:0:0:0:ffff:1.2.3.4",
			"0000:0000:0000:0000:0000:ffff:0102:0304" })
	void mappedIpv4AddressIsThatAddress(String text) {
		assertThat(AddressParser.parse(text)).hasToString("1.2.3.4").isEqualTo(AddressParser.parse("1.2.3.4"));
	}

	@ParameterizedTest
	@ValueSource(strings = { ":", ":::", "::::", "1", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
			":1:2:3:4:5:6:7", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
			"::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", "::1::", "1:::2", "12345::", "::12345", "::00001",
			"::g", "::-1", "::+1", "::0x1", ":: 1", " ::1", "::1 ", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256",
			"::01.2.3.4", "1.2.3.4::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::.2.3.4",
			"::a.2.3.4", "::1%eth0", "[::1]", "::1/128", "::\u0661", "::\uff41", "::1\u0000", "1:2:3:4:5:6:7:", "fe80",
			"1;2" })
	void whatRfc4291DoesNotSpellIsNoIpv6Address(String text) {
		assertThat(AddressParser.parse(text)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "1.2.3.4, 1.2.3.4", "' 1.2.3.4', 1.2.3.4", "'1.2.3.4 ', 1.2.3.4", "'\t 1.2.3.4 \t', 1.2.3.4",
			"1.2.3.4:80, 1.2.3.4", "1.2.3.4:0, 1.2.3.4", "1.2.3.4:65535, 1.2.3.4", "2001:db8::1, 2001:db8::1",
			"[2001:db8::1], 2001:db8::1", "[2001:db8::1]:80, 2001:db8::1", "fe80::1%eth0, fe80::1",
			"fe80:0:0:0:0:0:0:1%2, fe80::1", "fe80::1%25en-0.1_a~, fe80::1", "[fe80::1%eth0]:443, fe80::1",
			"[::ffff:1.2.3.4]:443, 1.2.3.4", "::ffff:1.2.3.4%eth0, 1.2.3.4", "2001:db8::80, 2001:db8::80" })
	void portBracketsAndZoneAreTakenOff(String text, String address) {
		assertThat(AddressParser.parseHost(text, 0, text.length())).hasToString(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t", ":", ":80", "[", "]", "[]", "[]:80", "[:80", "1.2.3.4:", "1.2.3.4:65536",
			"1.2.3.4:000080", "1.2.3.4:8o", "1.2.3.4:-1", "1.2.3.4:+1", "1.2.3.4 :80", "1.2.3.4: 80", "1.2.3.4:80:80",
			"1.2.3.4:\u0668\u0660", "[1.2.3.4]", "[1.2.3.4]:80", "[::1", "::1]", "[::1]80", "[::1]:", "[::1]:65536",
			"[::1]x", "[::1]]", "[[::1]]", "[::1]:80:80", "[ ::1 ]", "::1%", "[::1%]", "%eth0", "::1%eth0%eth1",
			"::1%eth 0", "::1%eth/0", "::1%\u0000", "1.2.3.4%eth0", "unknown", "_hidden", "for=1.2.3.4", "\"1.2.3.4\"",
			"1.2.3.4 5.6.7.8", "1.2.3.4;5.6.7.8", "\u00a01.2.3.4", "1.2.3.4\u2003", "1.2.3.4\u0000", "\u00001.2.3.4",
			"1.2.3.4\n", "\r1.2.3.4" })
	void whatElseStandsAroundAnAddressMakesItNone(String text) {
		assertThat(AddressParser.parseHost(text, 0, text.length())).isNull();
	}

	@Test
	void onlyThePartOfTheTextIsRead() {
		String text = "9[2001:db8::1]:809";
		assertThat(AddressParser.parseHost(text, 1, text.length() - 1)).hasToString("2001:db8::1");
		text = "1.2.3.45";
		assertThat(AddressParser.parseHost(text, 0, 7)).hasToString("1.2.3.4");
		text = "1::2::";
		assertThat(AddressParser.parseHost(text, 0, 4)).hasToString("1::2");
		assertThat(AddressParser.parseHost(text, 3, 5)).isNull();
		text = "1:2:3:4:5:6:7:8::";
		assertThat(AddressParser.parseHost(text, 0, 15)).hasToString("1:2:3:4:5:6:7:8");
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8:1:2:3:4:5:6, 64, 2001:db8:1:2::/64", "2001:db8:1:2:3:4:5:6, 56, 2001:db8:1::/56",
			"2001:db8:1:ff02:3:4:5:6, 56, 2001:db8:1:ff00::/56", "2001:db8:1:2:3:4:5:6, 48, 2001:db8:1::/48",
			"2001:db8:1:2:3:4:5:6, 128, 2001:db8:1:2:3:4:5:6", "2001:db8::f, 127, 2001:db8::e/127",
			"2001:db8:1:2:f000::, 65, 2001:db8:1:2:8000::/65", "ffff::, 1, 8000::/1", "7fff::, 1, ::/1",
			"::1, 64, ::/64", "2001:db8::1, 64, 2001:db8::/64", "::ffff:1.2.3.4, 64, 1.2.3.4", "1.2.3.4, 1, 1.2.3.4" })
	void ipv6AddressIsCutToItsNetwork(String text, int prefix, String ident) {
		IpAddress address = AddressParser.parse(text);
		assertThat(address).isNotNull();
		assertThat(address.ident(prefix)).isEqualTo(ident);
	}

	@Test
	void everyAddressThatThePlatformSpellsIsRead() throws UnknownHostException {
		Random random = new Random(1);
		for (int i = 0; i < 20_000; i++) {
			byte[] bytes = new byte[16];
			for (int j = 0; j < 16; j += 2) {
				if (random.nextBoolean()) {
					bytes[j] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
					bytes[j + 1] = (byte) random.nextInt();
				}
			}
			InetAddress expected = InetAddress.getByAddress(bytes);
			IpAddress address = AddressParser.parse(expected.getHostAddress());
			assertThat(address).isNotNull();
			assertThat(InetAddress.getByName(address.toString())).isEqualTo(expected);
			assertThat(AddressParser.parse(address.toString())).isEqualTo(address);
		}
	}

	@Test
	void textIsAnIpv6AddressExactlyIfItsGroupsAreEight() {
		Random random = new Random(2);
		List<String> parts = List.of(":", ":", ":", "::", "0", "1", "ab", "FFFF", "12345", "g", "1.2.3.4", "01.2.3.4",
				".");
		Set<String> addresses = new HashSet<>();
		Set<String> misread = new TreeSet<>();
		for (int i = 0; i < 300_000; i++) {
			StringBuilder text = new StringBuilder();
			boolean alternate = random.nextBoolean();
			int length = 1 + random.nextInt(17);
			for (int j = 0; j < length; j++) {
				boolean group = alternate && j % 2 == 0 && random.nextInt(20) > 0;
				text.append(group ? Integer.toHexString(random.nextInt(0x10000))
						: parts.get(random.nextInt(alternate ? 4 : parts.size())));
			}
			String candidate = text.toString();
			boolean read = candidate.indexOf(':') >= 0 && AddressParser.parse(candidate) != null;
			if (read != isIpv6(candidate)) {
				misread.add(candidate);
			}
			if (read) {
				addresses.add(candidate);
			}
		}
		assertThat(misread).isEmpty();
		assertThat(addresses).hasSizeGreaterThan(5000);
	}

	private static boolean isIpv6(String text) {
		String groups = IPV4_TAIL.matcher(text).replaceFirst("0:0");
		int gap = groups.indexOf("::");
		if (gap < 0) {
			return areGroups(groups) && groups.split(":", -1).length == 8;
		}
		String left = groups.substring(0, gap);
		String right = groups.substring(gap + 2);
		long count = Arrays.stream(new String[] { left, right })
			.filter((half) -> !half.isEmpty())
			.mapToInt((half) -> half.split(":", -1).length)
			.sum();
		return (left.isEmpty() || areGroups(left)) && (right.isEmpty() || areGroups(right)) && count < 8;
	}

	private static boolean areGroups(String text) {
		return Arrays.stream(text.split(":", -1)).allMatch((group) -> GROUP.matcher(group).matches());
	}

}
