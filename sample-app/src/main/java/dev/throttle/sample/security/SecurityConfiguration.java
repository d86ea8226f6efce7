package dev.throttle.sample.security;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.authentication.builders.AuthenticationManagerBuilder;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Access rules. Signing up and logging in need nothing. A developer's account needs an
 * access token. The throttles endpoint needs the operator's password. Handlers that are
 * counted by name also accept anonymous requests; they identify developers by access
 * token and {@linkplain BasicUsers other users} by password. No other path reads tokens
 * or passwords.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TokenProperties.class)
class SecurityConfiguration {

	private static final String[] COUNTED_BY_NAME = { "/articles", "/contacts/**", "/downloads", "/rate-limit",
			"/reports", "/uploads" };

	/** Allows only the page's own scripts, styles and requests. */
	private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	@Bean
	PasswordEncoder passwordEncoder() {
		return PasswordEncoderFactories.createDelegatingPasswordEncoder();
	}

	@Bean
	Tokens tokens(TokenProperties properties) {
		return new Tokens(TokenKeys.load(properties), properties);
	}

	@Bean
	JwtDecoder accessTokens(Tokens tokens) {
		return tokens.accessDecoder();
	}

	@Bean
	@Order(2)
	SecurityFilterChain loginSecurity(HttpSecurity http,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		return stateless(http, problems).securityMatcher("/users/signup", "/users/login/**")
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.build();
	}

	@Bean
	@Order(3)
	SecurityFilterChain accountSecurity(HttpSecurity http,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		ProblemEntryPoint bearer = bearer(problems);
		return stateless(http, problems).securityMatcher("/users/**")
			.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.oauth2ResourceServer((tokens) -> tokens.jwt((jwt) -> {
			}).authenticationEntryPoint(bearer))
			.exceptionHandling((handling) -> handling.authenticationEntryPoint(bearer))
			.build();
	}

	@Bean
	@Order(4)
	SecurityFilterChain monitoringSecurity(HttpSecurity http,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		return stateless(http, problems).securityMatcher("/actuator/health/**", "/actuator/prometheus")
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.build();
	}

	@Bean
	@Order(5)
	SecurityFilterChain nameSecurity(HttpSecurity http, BasicUsers basicUsers,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		ProblemEntryPoint basic = new ProblemEntryPoint("Basic realm=\"sample\"",
				"Send a valid user name and password.", problems);
		http.getSharedObject(AuthenticationManagerBuilder.class).parentAuthenticationManager(null);
		return stateless(http, problems)
			.securityMatchers((paths) -> paths.requestMatchers(COUNTED_BY_NAME).requestMatchers("/actuator/**"))
			.authorizeHttpRequests((requests) -> requests.requestMatchers("/actuator/throttles/**")
				.hasRole(BasicUsers.OPERATOR_ROLE)
				.requestMatchers("/actuator/**")
				.denyAll()
				.anyRequest()
				.permitAll())
			.authenticationProvider(basicUsers.provider())
			.httpBasic((basicAuthentication) -> basicAuthentication.authenticationEntryPoint(basic))
			.oauth2ResourceServer((tokens) -> tokens.jwt((jwt) -> {
			}).authenticationEntryPoint(bearer(problems)))
			.exceptionHandling((handling) -> handling.authenticationEntryPoint(basic))
			.build();
	}

	@Bean
	@Order(6)
	SecurityFilterChain openSecurity(HttpSecurity http,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		return stateless(http, problems).authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
	}

	private static ProblemEntryPoint bearer(HandlerExceptionResolver problems) {
		return new ProblemEntryPoint("Bearer", "Send a valid access token, as in 'Authorization: Bearer <token>'.",
				problems);
	}

	/**
	 * CSRF protection is off: only scripts send tokens, and there is no cookie. A browser
	 * sends a password of HTTP Basic by itself, but a page of another origin cannot
	 * change anything with it: uploads are not stored, and the operator's changes need
	 * JSON or DELETE.
	 */
	private static HttpSecurity stateless(HttpSecurity http, HandlerExceptionResolver problems) throws Exception {
		return http.csrf(AbstractHttpConfigurer::disable)
			.headers((headers) -> headers
				.contentSecurityPolicy((policy) -> policy.policyDirectives(CONTENT_SECURITY_POLICY)))
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.exceptionHandling((handling) -> handling.accessDeniedHandler(
					(request, response, ex) -> problems.resolveException(request, response, null, ex)));
	}

}
