package dev.throttle.http;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients at {@code /actuator/throttles}, written as everywhere: a kind and an ident.
 */
class EndpointClientTests {

	private static RunningApplication application;

	private final Caller operator = application.caller();

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.anon=9/hour",
				"throttle.rates.user=9/hour", "throttle.rates.tenant=9/hour", "throttle.rates.user-path=9/hour",
				"throttle.rates.api-key=9/hour", "throttle.client.num-proxies=1", "spring.jmx.enabled=false",
				"management.endpoints.web.exposure.include=throttles",
				"management.endpoint.throttles.access=unrestricted");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void userIsFoundUnderTheScopeThatCountsUsers() {
		this.operator.as("alice").get("/plain");
		assertThat(use("user", "user:alice").body()).contains("\"kind\":\"user\"", "\"used\":1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2001:db8:0:7::1", "2001:db8::7:0:0:0:99", "2001:DB8:0:7:ffff:ffff:ffff:ffff",
			"2001:db8:0:7::%eth0", "2001:db8:0:7::" })
	void anyAddressOfAnIpv6NetworkIsThatNetwork(String address) {
		this.operator.with("X-Forwarded-For", "2001:db8:0:7::1").get("/plain");
		assertThat(use("anon", "address:" + address).body()).contains("\"kind\":\"address\"")
			.doesNotContain("\"used\":0");
	}

	@Test
	void clientOfAnOwnKindIsFound() {
		this.operator.with("X-Tenant", "urn:acme").get("/plain");
		assertThat(use("tenant", "tenant:urn:acme").body()).contains("\"kind\":\"tenant\"", "\"used\":1")
			.doesNotContain("acme");
		assertThat(use("tenant", "user:urn:acme").body()).contains("\"used\":0");
	}

	@Test
	void clientOfSeveralPartsIsFound() {
		this.operator.as("bob").get("/plain");
		assertThat(use("user-path", "user-path:bob|/plain").body()).contains("\"used\":1");
		assertThat(use("user-path", "user-path:bob|/other").body()).contains("\"used\":0");
	}

	@Test
	void secretIsFoundButNeverEchoed() {
		String key = "sk:live:4eC39HqLyjWDarjtT1zdp7dc";
		this.operator.with("X-Api-Key", key).get("/plain");
		HttpResponse<String> shown = use("api-key", "api-key:" + key);
		assertThat(shown.body()).contains("\"kind\":\"api-key\"", "\"used\":1");
		HttpResponse<String> reset = send("DELETE", "api-key", "api-key:" + key);
		assertThat(reset.body()).contains("\"used\":0");
		assertThat(shown.body() + shown.headers() + reset.body() + reset.headers()).doesNotContain("4eC39");
		assertThat(this.operator.with("X-Api-Key", key).get("/plain").statusCode()).isEqualTo(200);
		assertThat(use("api-key", "api-key:" + key).body()).as("it counts from new").contains("\"used\":1");
	}

	@Test
	void ownKindIsResetWithoutTouchingOthers() {
		this.operator.with("X-Tenant", "reset").get("/plain");
		this.operator.with("X-Tenant", "kept").get("/plain");
		assertThat(send("DELETE", "tenant", "tenant:reset").body()).contains("\"used\":0");
		assertThat(use("tenant", "tenant:reset").body()).contains("\"used\":0");
		assertThat(use("tenant", "tenant:kept").body()).contains("\"used\":1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "acme", "tenant", ":acme", "tenant:", "" })
	void clientWithoutKindOrIdentIsRefusedWithWhatToWrite(String client) {
		HttpResponse<String> refused = use("tenant", client);
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body())
			.contains("Write it as 'kind:ident', such as 'user:alice', 'address:192.0.2.1' or 'tenant:acme'.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "alice", "192.0.2", "2001:db8:::1" })
	void addressThatIsNoneIsRefusedWithWhatToWrite(String address) {
		HttpResponse<String> refused = use("anon", "address:" + address);
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body()).contains("Write it as in 'address:192.0.2.1' or 'address:2001:db8::1'.");
	}

	private HttpResponse<String> use(String scope, String client) {
		return send("GET", scope, client);
	}

	private HttpResponse<String> send(String method, String scope, String client) {
		return this.operator.send(method,
				"/actuator/throttles/" + scope + "?client=" + URLEncoder.encode(client, StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		BaseThrottle perTenant() {
			return (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant")));
		}

		@Bean
		BaseThrottle perUserAndPath() {
			return (request) -> Verdict.count("user-path", Client.of("user-path", request.user(), request.path()));
		}

		@Bean
		BaseThrottle perKey() {
			return (request) -> Verdict.count("api-key", Client.secret("api-key", request.header("X-Api-Key")));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
