package dev.throttle.http;

import java.net.URI;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HostMap}.
 */
class HostMapTests {

	@Test
	void nameIsThatHostWhateverItsCaseAndPort() {
		assertThat(includes("https://API.example.com:8443/orders", "Api.Example.com")).isTrue();
		assertThat(includes("https://www.api.example.com/", "api.example.com")).isFalse();
		assertThat(includes("https://example.com/", "api.example.com")).isFalse();
	}

	@Test
	void wildcardIsAllSubdomainsButNotTheDomain() {
		assertThat(includes("https://api.example.com/", "*.example.com")).isTrue();
		assertThat(includes("https://eu.api.example.com/", "*.example.com")).isTrue();
		assertThat(includes("https://example.com/", "*.example.com")).isFalse();
		assertThat(includes("https://badexample.com/", "*.example.com")).isFalse();
		assertThat(includes("https://example.com/", "*.example.com", "example.com")).isTrue();
	}

	@Test
	void addressIsAName() {
		assertThat(includes("http://127.0.0.1:8080/", "127.0.0.1")).isTrue();
		assertThat(includes("http://[::1]:8080/", "[::1]")).isTrue();
	}

	@Test
	void addressWithoutAHostIsNoneOfThoseNamed() {
		assertThat(includes("/relative", "example.com")).isFalse();
	}

	@Test
	void longestNameCounts() {
		HostMap<Integer> map = new HostMap<>();
		assertThat(map.isEmpty()).isTrue();
		assertThat(map.put("*.example.com", 1)).isNull();
		assertThat(map.put("*.eu.example.com", 2)).isNull();
		assertThat(map.put("api.eu.example.com", 3)).isNull();
		assertThat(map.get(URI.create("https://example.com"))).isNull();
		assertThat(map.get(URI.create("https://us.example.com"))).isEqualTo(1);
		assertThat(map.get(URI.create("https://www.eu.example.com"))).isEqualTo(2);
		assertThat(map.get(URI.create("https://api.eu.example.com"))).isEqualTo(3);
		assertThat(map.put(" *.EXAMPLE.com", 4)).isEqualTo(1);
		assertThat(map.isEmpty()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "*", "*.", "https://example.com", "example.com/orders", "example.com:443",
			"api.*.com", "me@example.com", "two words" })
	void anythingElseIsRefused(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> new HostMap<String>().put(host, "value"))
			.withMessage("'" + host + "' is not the name of a host");
	}

	private static boolean includes(String uri, String... hosts) {
		HostMap<String> map = new HostMap<>();
		List.of(hosts).forEach((host) -> map.put(host, host));
		return map.get(URI.create(uri)) != null;
	}

}
