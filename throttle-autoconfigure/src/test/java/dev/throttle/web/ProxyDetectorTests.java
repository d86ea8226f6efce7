package dev.throttle.web;

import java.util.List;
import java.util.function.Predicate;

import dev.throttle.client.ClientAddressResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProxyDetector}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ProxyDetectorTests {

	private final ProxyDetector signs = new ProxyDetector(ClientAddressResolver.builder().build());

	@ParameterizedTest
	@ValueSource(strings = { "10.1.2.3", "172.31.0.1", "192.168.0.9", "100.64.1.1", "fd12::1" })
	void onePrivateAddressIsWarnedOfOnceAfterTheLastRequest(String address, CapturedOutput output) {
		for (int i = 1; i < ProxyDetector.REQUESTS; i++) {
			assertThat(look(address)).isTrue();
		}
		assertThat(output).doesNotContain("WARN");
		assertThat(look(address)).isFalse();
		assertThat(look(address)).isFalse();
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("The first 500 requests all come from " + address)
			.contains("'throttle.client.trusted-proxies'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "198.51.100.7", "2001:db8::1", "unknown", "" })
	void oneAddressThatIsNotPrivateIsNotWarnedOf(String address, CapturedOutput output) {
		for (int i = 0; i < ProxyDetector.REQUESTS; i++) {
			look(address);
		}
		assertThat(look(address)).isFalse();
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void severalPrivateAddressesAreNotWarnedOf(CapturedOutput output) {
		for (int i = 0; i < ProxyDetector.REQUESTS; i++) {
			look((i == 250) ? "10.0.0.2" : "10.0.0.1");
		}
		assertThat(output).doesNotContain("WARN");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For", "Forwarded" })
	void forwardedHeaderIsWarnedOfOnceAndEndsTheSearch(String header, CapturedOutput output) {
		assertThat(look("203.0.113.7")).isTrue();
		assertThat(look("203.0.113.7", header::equals)).isFalse();
		assertThat(look("203.0.113.7", header::equals)).isFalse();
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("has the header " + header);
	}

	@Test
	void nothingIsLookedForWhereProxiesAreConfigured() {
		assertThat(new ProxyDetector(ClientAddressResolver.builder().numProxies(0).build()).isOver()).isTrue();
		assertThat(new ProxyDetector(ClientAddressResolver.builder().numProxies(1).build()).isOver()).isTrue();
		assertThat(new ProxyDetector(ClientAddressResolver.builder().trustedProxies(List.of("10.0.0.0/8")).build())
			.isOver()).isTrue();
	}

	private boolean look(String address) {
		return look(address, (header) -> false);
	}

	private boolean look(String address, Predicate<String> hasHeader) {
		this.signs.look(address, hasHeader);
		return !this.signs.isOver();
	}

}
