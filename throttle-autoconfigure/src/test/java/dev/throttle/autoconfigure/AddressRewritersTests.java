package dev.throttle.autoconfigure;

import dev.throttle.client.ClientAddressResolver;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.web.filter.ForwardedHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AddressRewriters}: what the properties and beans of an application
 * say.
 */
@ExtendWith(OutputCaptureExtension.class)
class AddressRewritersTests {

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withPropertyValues("throttle.backend=memory");

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = {
			"server.forward-headers-strategy=native; 'server.forward-headers-strategy' is 'native'; set 'server.forward-headers-strategy' to 'none'",
			"server.forward-headers-strategy=FRAMEWORK; 'server.forward-headers-strategy' is 'framework'; set 'server.forward-headers-strategy' to 'none'",
			"spring.main.cloud-platform=kubernetes; Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on kubernetes; set 'server.forward-headers-strategy' to 'none'",
			"spring.main.cloud-platform=heroku; Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on heroku; set 'server.forward-headers-strategy' to 'none'",
			"server.tomcat.remoteip.remote-ip-header=X-Real-IP; 'server.tomcat.remoteip.remote-ip-header' is set; remove 'server.tomcat.remoteip.remote-ip-header'",
			"server.tomcat.remoteip.protocol-header=X-Proto; 'server.tomcat.remoteip.protocol-header' is set; remove 'server.tomcat.remoteip.protocol-header'" })
	void propertyThatRewritesTheAddressIsRefusedBesideProxiesAndElseWarnedOf(String property, String cause,
			String remedy, CapturedOutput output) {
		WebApplicationContextRunner rewriting = this.runner.withPropertyValues(property);
		for (String proxies : new String[] { "num-proxies=1", "trusted-proxies=10.0.0.0/8" }) {
			assertRefused(rewriting, proxies, cause, remedy);
		}
		assertThat(output).doesNotContain("WARN");
		rewriting.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("The client's address is taken from forwarded headers, because " + cause + ": ")
			.containsIgnoringCase(remedy + " and set 'throttle.client.trusted-proxies'");
		assertThat(output).contains("or else by the address in forwarded headers, as " + cause + "; accounting");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.forward-headers-strategy=native", "server.forward-headers-strategy=framework",
			"spring.main.cloud-platform=kubernetes", "server.tomcat.remoteip.remote-ip-header=X-Real-IP" })
	void numberOfProxiesThatIsZeroSaysThatTheAddressIsRight(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property, "throttle.client.num-proxies=0")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("WARN").contains("or else by the address in forwarded headers, as ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.forward-headers-strategy=none", "spring.main.cloud-platform=none" })
	void nothingIsRefusedWhereNothingRewritesTheAddress(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property, "throttle.client.num-proxies=1")
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void filterIsFoundThatIsABean(CapturedOutput output) {
		assertFilterIsFound(this.runner.withBean("forwarded", OwnFilter.class, OwnFilter::new), output);
	}

	@Test
	void filterIsFoundThatABeanRegisters(CapturedOutput output) {
		assertFilterIsFound(registering(true), output);
	}

	@Test
	void filterThatIsNotRegisteredIsNotFound(CapturedOutput output) {
		registering(false).withPropertyValues("throttle.client.num-proxies=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void resolverThatIsABeanIsNamed() {
		this.runner.withBean(ClientAddressResolver.class, () -> ClientAddressResolver.builder().numProxies(1).build())
			.withPropertyValues("server.forward-headers-strategy=native")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageStartingWith("Forwarded headers are read twice: by the bean of type ClientAddressResolver"));
	}

	private WebApplicationContextRunner registering(boolean enabled) {
		return this.runner.withBean("registration", FilterRegistrationBean.class, () -> {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(new OwnFilter());
			registration.setName("forwarded");
			registration.setEnabled(enabled);
			return registration;
		});
	}

	private void assertFilterIsFound(WebApplicationContextRunner rewriting, CapturedOutput output) {
		String cause = "the filter 'forwarded' is of type org.springframework.web.filter.ForwardedHeaderFilter";
		assertRefused(rewriting, "num-proxies=1", cause, "remove the filter 'forwarded'");
		rewriting.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("because " + cause
				+ ": the first entry of X-Forwarded-For is trusted, whoever sends it. That is safe only if");
	}

	private static void assertRefused(WebApplicationContextRunner rewriting, String proxies, String cause,
			String remedy) {
		String property = "'throttle.client." + proxies.substring(0, proxies.indexOf('=')) + "'";
		rewriting.withPropertyValues("throttle.client." + proxies)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageStartingWith("Forwarded headers are read twice: by " + property + ", and before it, as "
						+ cause + ". Clients can then forge their address, because ")
				.message()
				.endsWithIgnoringCase(remedy + ". Or remove " + property + " if the address is already correct."));
	}

	static class OwnFilter extends ForwardedHeaderFilter {

	}

}
