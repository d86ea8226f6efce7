package dev.throttle.http;

import java.util.Base64;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is counted behind Spring Security on WebFlux.
 */
class ReactiveSecurityTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "spring.profiles.active=security",
				"throttle.rates.user=3/hour", "throttle.client.num-proxies=1");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void userIsCountedWhereverTheRequestsComeFrom() {
		Caller ada = application.caller()
			.with("Authorization", "Basic " + Base64.getEncoder().encodeToString("ada:secret".getBytes()));
		assertThat(ada.with("X-Forwarded-For", "192.0.2.1").remaining("/client")).isEqualTo(2);
		assertThat(ada.with("X-Forwarded-For", "192.0.2.2").remaining("/client")).isEqualTo(1);
	}

	@Test
	void anonymousRequestsAreCountedByAddress() {
		assertThat(application.caller().with("X-Forwarded-For", "192.0.2.3").remaining("/client")).isEqualTo(2);
		assertThat(application.caller().with("X-Forwarded-For", "192.0.2.4").remaining("/client")).isEqualTo(2);
		assertThat(application.caller().with("X-Forwarded-For", "192.0.2.3").remaining("/client")).isEqualTo(1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.anonymous(Customizer.withDefaults())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(
					User.withUsername("ada").password("{noop}secret").roles("USER").build());
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/client")
		Mono<String> client() {
			return Mono.just("client");
		}

	}

}
