package dev.throttle.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Replays what Django REST framework takes for the client: {@link ClientAddressResolver}
 * gives the same answer or differs for a rule that has a name here. The rules are worked
 * out from the vectors and from Django REST framework's answer, without the parser that
 * is tested.
 */
class DrfIdentTests {

	private static final Pattern DOTTED = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)([.](?!$)|$)){4}");

	private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:]*");

	private static final Pattern MAPPED = Pattern.compile("(?i)::ffff:([0-9.]+)");

	private static final Pattern BRACKETED = Pattern.compile("\\[(.*)](:\\d+)?");

	private static final Pattern DOTTED_WITH_PORT = Pattern.compile("([0-9.]+):\\d+");

	private static final Pattern ZONED = Pattern.compile("([^%]*:[^%]*)%\\w+");

	enum Rule {

		NEGATIVE_NUMBER_IS_AN_ERROR, NOTHING_FORWARDED_IS_BELIEVED, FEWER_ENTRIES_THAN_PROXIES, UNPARSABLE_FALLS_BACK,
		ONLY_SPACE_AND_TAB_ARE_TAKEN_OFF, SPACE_AROUND_THE_REMOTE_ADDRESS_OFF, EMPTY_IS_UNKNOWN, PORT_AND_ZONE_OFF,
		IPV4_MAPPED, IPV6_MASKED, CANONICAL_SPELLING

	}

	@Test
	void identEqualsThatOfDrfOrDiffersForARule() throws IOException {
		Map<String, Integer> counts = replay(64);
		System.out.println("Idents, IPv6 by network: " + counts);
		assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(entry("as DRF", 113),
				entry("NEGATIVE_NUMBER_IS_AN_ERROR", 8), entry("NOTHING_FORWARDED_IS_BELIEVED", 56),
				entry("NOTHING_FORWARDED_IS_BELIEVED + SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 1),
				entry("NOTHING_FORWARDED_IS_BELIEVED + EMPTY_IS_UNKNOWN", 2),
				entry("NOTHING_FORWARDED_IS_BELIEVED + IPV6_MASKED", 2), entry("UNPARSABLE_FALLS_BACK", 40),
				entry("UNPARSABLE_FALLS_BACK + SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 1),
				entry("UNPARSABLE_FALLS_BACK + EMPTY_IS_UNKNOWN", 2), entry("UNPARSABLE_FALLS_BACK + IPV6_MASKED", 2),
				entry("ONLY_SPACE_AND_TAB_ARE_TAKEN_OFF", 4), entry("SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 6),
				entry("EMPTY_IS_UNKNOWN", 12), entry("PORT_AND_ZONE_OFF", 1),
				entry("PORT_AND_ZONE_OFF + IPV6_MASKED", 3), entry("IPV4_MAPPED", 1), entry("IPV6_MASKED", 16),
				entry("FEWER_ENTRIES_THAN_PROXIES", 81)));
	}

	@Test
	void identOfAWholeIpv6AddressEqualsThatOfDrfOrDiffersForARule() throws IOException {
		Map<String, Integer> counts = replay(128);
		System.out.println("Idents, IPv6 by address: " + counts);
		assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(entry("as DRF", 121),
				entry("NEGATIVE_NUMBER_IS_AN_ERROR", 8), entry("NOTHING_FORWARDED_IS_BELIEVED", 57),
				entry("NOTHING_FORWARDED_IS_BELIEVED + SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 1),
				entry("NOTHING_FORWARDED_IS_BELIEVED + EMPTY_IS_UNKNOWN", 2),
				entry("NOTHING_FORWARDED_IS_BELIEVED + CANONICAL_SPELLING", 1), entry("UNPARSABLE_FALLS_BACK", 41),
				entry("UNPARSABLE_FALLS_BACK + SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 1),
				entry("UNPARSABLE_FALLS_BACK + EMPTY_IS_UNKNOWN", 2),
				entry("UNPARSABLE_FALLS_BACK + CANONICAL_SPELLING", 1), entry("ONLY_SPACE_AND_TAB_ARE_TAKEN_OFF", 4),
				entry("SPACE_AROUND_THE_REMOTE_ADDRESS_OFF", 6), entry("EMPTY_IS_UNKNOWN", 12),
				entry("PORT_AND_ZONE_OFF", 4), entry("IPV4_MAPPED", 1), entry("CANONICAL_SPELLING", 8),
				entry("FEWER_ENTRIES_THAN_PROXIES", 81)));
	}

	private static Map<String, Integer> replay(int ipv6Prefix) throws IOException {
		Map<String, Integer> counts = new TreeMap<>();
		try (InputStream vectors = DrfIdentTests.class.getResourceAsStream("/drf-oracle/ident_vectors.jsonl")) {
			List<Vector> all = new ObjectMapper().readerFor(JsonNode.class)
				.<JsonNode>readValues(vectors)
				.readAll()
				.stream()
				.map(Vector::of)
				.toList();
			for (Vector vector : all) {
				Set<Rule> rules = EnumSet.noneOf(Rule.class);
				vector.replay(ipv6Prefix, rules);
				counts.merge(name(rules), 1, Integer::sum);
			}
		}
		return counts;
	}

	private static String name(Set<Rule> rules) {
		return rules.isEmpty() ? "as DRF" : rules.stream().map(Rule::name).collect(Collectors.joining(" + "));
	}

	private record Vector(String remoteAddr, String xForwardedFor, Integer numProxies, String ident) {

		static Vector of(JsonNode json) {
			return new Vector(json.path("remoteAddr").textValue(), json.path("xForwardedFor").textValue(),
					json.path("numProxies").isNull() ? null : json.path("numProxies").intValue(),
					json.path("ident").textValue());
		}

		void replay(int ipv6Prefix, Set<Rule> rules) throws UnknownHostException {
			if (this.numProxies != null && this.numProxies < 0) {
				rules.add(Rule.NEGATIVE_NUMBER_IS_AN_ERROR);
				assertThatIllegalArgumentException()
					.isThrownBy(() -> ClientAddressResolver.builder().numProxies(this.numProxies));
				return;
			}
			String expected = expected(ipv6Prefix, rules);
			List<String> lines = (this.xForwardedFor != null) ? List.of(this.xForwardedFor) : List.of();
			String actual = ClientAddressResolver.builder()
				.numProxies(this.numProxies)
				.ipv6Prefix(ipv6Prefix)
				.build()
				.resolve(this.remoteAddr, lines);
			assertThat(actual).as(toString()).isEqualTo(expected);
			assertThat(actual.equals(this.ident)).as(toString()).isEqualTo(rules.isEmpty());
		}

		private String expected(int ipv6Prefix, Set<Rule> rules) throws UnknownHostException {
			if (this.numProxies == null && this.xForwardedFor != null && !this.xForwardedFor.isEmpty()) {
				rules.add(Rule.NOTHING_FORWARDED_IS_BELIEVED);
				return remote(ipv6Prefix, rules);
			}
			if (this.numProxies == null || this.numProxies == 0 || this.xForwardedFor == null) {
				return remote(ipv6Prefix, rules);
			}
			String[] entries = this.xForwardedFor.split(",", -1);
			if (entries.length < this.numProxies) {
				String remote = remote(ipv6Prefix, rules);
				if (!remote.equals(this.ident)) {
					rules.add(Rule.FEWER_ENTRIES_THAN_PROXIES);
				}
				return remote;
			}
			String entry = entries[entries.length - this.numProxies].replaceAll("^[ \t]+|[ \t]+$", "");
			if (!entry.equals(this.ident)) {
				rules.add(Rule.ONLY_SPACE_AND_TAB_ARE_TAKEN_OFF);
				return remote(ipv6Prefix, rules);
			}
			Set<Rule> ofEntry = EnumSet.noneOf(Rule.class);
			String address = address(entry, ipv6Prefix, ofEntry);
			if (address == null) {
				rules.add(Rule.UNPARSABLE_FALLS_BACK);
				return remote(ipv6Prefix, rules);
			}
			rules.addAll(ofEntry);
			return address;
		}

		private String remote(int ipv6Prefix, Set<Rule> rules) throws UnknownHostException {
			if (this.remoteAddr == null || this.remoteAddr.isEmpty()) {
				rules.add(Rule.EMPTY_IS_UNKNOWN);
				return "unknown";
			}
			String text = this.remoteAddr.strip();
			if (!text.equals(this.remoteAddr)) {
				rules.add(Rule.SPACE_AROUND_THE_REMOTE_ADDRESS_OFF);
			}
			String address = address(text, ipv6Prefix, rules);
			return (address != null) ? address : text;
		}

		private static String address(String text, int ipv6Prefix, Set<Rule> rules) throws UnknownHostException {
			String bare = text;
			for (Pattern pattern : List.of(BRACKETED, DOTTED_WITH_PORT, ZONED)) {
				bare = group(pattern, bare, Rule.PORT_AND_ZONE_OFF, rules);
			}
			bare = group(MAPPED, bare, Rule.IPV4_MAPPED, rules);
			if (DOTTED.matcher(bare).matches()) {
				return bare;
			}
			if (!HEXADECIMAL.matcher(bare).matches()) {
				return null;
			}
			byte[] bytes = InetAddress.getByName(bare).getAddress();
			for (int i = ipv6Prefix / 8; i < bytes.length; i++) {
				bytes[i] = 0;
			}
			String canonical = InetAddress.getByAddress(bytes).getHostAddress().replaceFirst("(^|:)0(:0)+(:|$)", "::");
			if (ipv6Prefix < 128) {
				rules.add(Rule.IPV6_MASKED);
				return canonical + "/" + ipv6Prefix;
			}
			if (!canonical.equals(bare)) {
				rules.add(Rule.CANONICAL_SPELLING);
			}
			return canonical;
		}

		private static String group(Pattern pattern, String text, Rule rule, Set<Rule> rules) {
			Matcher matcher = pattern.matcher(text);
			if (!matcher.matches()) {
				return text;
			}
			rules.add(rule);
			return matcher.group(1);
		}

	}

}
