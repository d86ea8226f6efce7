package dev.throttle.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What rewrites the client's address before a request is counted is found at start: it is
 * refused beside the proxies of {@code throttle.client}, and else warned of.
 */
@ExtendWith(OutputCaptureExtension.class)
class RewrittenAddressTests {

	@Test
	void rewriterIsRefusedBesideProxies(CapturedOutput output) {
		assertRefused(WebStack.ForwardedHeaders.class, WebStack.FORWARDED_HEADERS);
		assertThat(output).contains("APPLICATION FAILED TO START");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.forward-headers-strategy=native", "server.forward-headers-strategy=framework",
			"spring.main.cloud-platform=kubernetes", "server.tomcat.remoteip.remote-ip-header=X-Real-IP" })
	void propertyThatRewritesIsRefusedBesideProxies(String property) {
		assertThatThrownBy(() -> start(Application.class, "throttle.client.num-proxies=1", property).close())
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.hasMessageStartingWith("Forwarded headers are read twice: by 'throttle.client.num-proxies'");
	}

	@Test
	void applicationThatIsRefusedNeverOpensItsPort() throws IOException {
		int port = freePort();
		assertThatThrownBy(
				() -> start(WebStack.ForwardedHeaders.class, "throttle.client.num-proxies=1", "server.port=" + port)
					.close())
			.isInstanceOf(InvalidThrottleConfigurationException.class);
		assertThatExceptionOfType(ConnectException.class)
			.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
	}

	@Test
	void platformThatTrustsForwardedHeadersByDefaultIsWarnedOf(CapturedOutput output) {
		try (RunningApplication application = start(Application.class, "spring.main.cloud-platform=kubernetes",
				"throttle.backend=memory", "logging.level.dev=info")) {
			assertThat(allowedOfForged(application)).isEqualTo(12);
			assertThat(warnings(output)).singleElement()
				.asString()
				.contains("Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on kubernetes: "
						+ "Tomcat trusts X-Forwarded-For from every private address")
				.contains("an ingress that replaces that header (on Tomcat, an ingress that appends to it is safe too)")
				.contains("a node port, a sidecar or another pod")
				.contains(
						"Set 'server.forward-headers-strategy' to 'none' and set 'throttle.client.trusted-proxies' to the networks of the proxies");
			assertThat(output).contains(
					"or else by the address in forwarded headers, as Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on kubernetes; ");
		}
		try (RunningApplication application = start(Application.class, "spring.main.cloud-platform=kubernetes",
				"throttle.backend=memory", "server.forward-headers-strategy=none",
				"throttle.client.trusted-proxies=10.0.0.0/8")) {
			assertThat(allowedOfForged(application)).isEqualTo(5);
		}
	}

	@Test
	void rewriterAloneIsWarnedOf(CapturedOutput output) {
		assertWarnedOf(WebStack.ForwardedHeaders.class, WebStack.FORWARDED_HEADERS, output);
	}

	@Test
	void rewriterThatIsRightIsNotWarnedOf(CapturedOutput output) {
		start(WebStack.ForwardedHeaders.class, "throttle.client.num-proxies=0").close();
		assertThat(warnings(output)).isEmpty();
	}

	static void assertRefused(Class<?> rewriter, String cause) {
		for (String proxies : new String[] { "num-proxies=1", "trusted-proxies=127.0.0.0/8" }) {
			assertThatThrownBy(() -> start(rewriter, "throttle.client." + proxies).close())
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageStartingWith("Forwarded headers are read twice: by 'throttle.client.")
				.hasMessageContaining(cause);
		}
	}

	static void assertWarnedOf(Class<?> rewriter, String cause, CapturedOutput output) {
		try (RunningApplication application = start(rewriter)) {
			assertThat(allowedOfForged(application)).isEqualTo(12);
		}
		assertThat(warnings(output)).singleElement().asString().contains(cause);
	}

	private static long allowedOfForged(RunningApplication application) {
		Caller caller = application.caller();
		return Stream.iterate(1, (i) -> i + 1)
			.limit(12)
			.filter((i) -> caller.with("X-Forwarded-For", "203.0.113." + i).get("/plain").statusCode() == 200)
			.count();
	}

	static Stream<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains(" WARN ") && line.contains("DeploymentReport"));
	}

	static RunningApplication start(Class<?> source, String... properties) {
		return RunningApplication.start(source,
				Stream.concat(Stream.of("throttle.rates.user=5/min"), Arrays.stream(properties))
					.toArray(String[]::new));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
