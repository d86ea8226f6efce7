package dev.throttle.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeploymentReport}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeploymentReportTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "server.port=0; the address that the connection comes from; all-or-nothing",
			"throttle.client.num-proxies=1; the last entry of X-Forwarded-For, which 1 proxy adds; all-or-nothing",
			"throttle.client.num-proxies=2; entry 2 from the end of X-Forwarded-For, to which 2 proxies add; all-or-nothing",
			"throttle.client.trusted-proxies=10.0.0.0/8; the last entry of X-Forwarded-For that is not a trusted proxy (10.0.0.0/8); all-or-nothing",
			"throttle.accounting=independent; the address that the connection comes from; independent" })
	void oneLineSaysByWhatClientsAreToldApart(String property, String address, String accounting,
			CapturedOutput output) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(
					output.getAll().lines().filter((line) -> line.contains("Clients are identified")))
				.singleElement()
				.asString()
				.endsWith("Clients are identified by user, or else by " + address + "; accounting: " + accounting));
	}

	@Test
	void lineNamesTheHeaderOfTheAddress(CapturedOutput output) {
		this.runner
			.withPropertyValues("throttle.client.trusted-proxies=10.0.0.0/8",
					"throttle.client.address-header=CF-Connecting-IP")
			.run((context) -> assertThat(output)
				.contains("or else by the address in CF-Connecting-IP, if a trusted proxy sends it (10.0.0.0/8);"));
	}

	@Test
	void nothingIsWarnedOfByDefault(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "spring.main.cloud-platform=kubernetes; the application runs on kubernetes",
			"server.forward-headers-strategy=framework; 'server.forward-headers-strategy' suggests that it is behind a proxy" })
	void countingAloneIsWarnedOfWhereThereMayBeSeveralInstances(String property, String sign, CapturedOutput output) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(output).contains("Requests are counted in this process only, but " + sign)
				.contains("Set 'throttle.backend' to 'redis'"));
	}

	@Test
	void countingAloneOnPurposeIsNotWarnedOf(CapturedOutput output) {
		this.runner
			.withPropertyValues("spring.main.cloud-platform=kubernetes", "throttle.backend=memory",
					"throttle.client.num-proxies=0")
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void addressesThatTheServerBelievesOnPurposeAreNotWarnedOf(CapturedOutput output) {
		this.runner
			.withPropertyValues("server.forward-headers-strategy=framework", "throttle.backend=memory",
					"throttle.client.num-proxies=0")
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

}
