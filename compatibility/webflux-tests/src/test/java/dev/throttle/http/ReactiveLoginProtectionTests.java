package dev.throttle.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The log-in protection of a form on WebFlux, whose body a throttle of the filter reads.
 */
class ReactiveLoginProtectionTests {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Test
	void wrongPasswordsOfAFormCountAndRightOnesDoNot() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"spring.profiles.active=security", "throttle.rates.login=5/15min",
				"throttle.scopes.login.count-status=401", "throttle.filter.throttles=loginThrottle")) {
			assertThat(logIn(application, "ada", "right", 8)).containsOnly(302);
			assertThat(logIn(application, "ada", "wrong", 4)).containsOnly(401);
			assertThat(logIn(application, "ada", "right", 2)).containsOnly(302);
			assertThat(logIn(application, "ada", "wrong", 3)).containsExactly(401, 429, 429);
			assertThat(logIn(application, "grace", "right", 1)).containsOnly(302);
		}
	}

	private static List<Integer> logIn(RunningApplication application, String user, String password, int times) {
		HttpRequest form = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + application.port("local.server.port") + "/login"))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("username=" + user + "&password=" + password))
			.build();
		return IntStream.range(0, times)
			.mapToObj((i) -> CLIENT.sendAsync(form, BodyHandlers.discarding()).join().statusCode())
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		LoginThrottle loginThrottle() {
			return new LoginThrottle();
		}

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((requests) -> requests.anyExchange().authenticated())
				.csrf(ServerHttpSecurity.CsrfSpec::disable)
				.formLogin((form) -> form.authenticationFailureHandler((exchange, failure) -> Mono
					.fromRunnable(() -> exchange.getExchange().getResponse().setStatusCode(HttpStatus.UNAUTHORIZED))))
				.build();
		}

		@Bean
		ReactiveAuthenticationManager passwords() {
			return (login) -> "right".equals(login.getCredentials())
					? Mono.just(UsernamePasswordAuthenticationToken.authenticated(login.getName(), null,
							AuthorityUtils.createAuthorityList("ROLE_USER")))
					: Mono.error(new BadCredentialsException("wrong"));
		}

	}

	static class LoginThrottle extends SimpleRateThrottle {

		LoginThrottle() {
			super("login");
		}

		@Override
		public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
			ServerWebExchange exchange = request.nativeRequest(ServerWebExchange.class);
			if (exchange == null || !request.path().equals("/login")) {
				return CompletableFuture.completedFuture(Verdict.allow());
			}
			return exchange.getFormData()
				.map((form) -> Verdict.count("login", Client.of("login", form.getFirst("username"), request.address())))
				.toFuture();
		}

		@Override
		protected Client client(ThrottleRequest request) {
			return null;
		}

	}

}
