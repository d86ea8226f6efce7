package dev.throttle.http;

import java.util.List;

import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.cors.CorsConfiguration;

/**
 * The application of {@link FilterSecurityTests} on WebFlux.
 */
@Configuration(proxyBeanMethods = false)
class SecurityRules {

	@Bean
	SecurityWebFilterChain security(ServerHttpSecurity http) {
		CorsConfiguration cors = new CorsConfiguration();
		cors.setAllowedOrigins(List.of(FilterSecurityTests.ORIGIN));
		return http
			.authorizeExchange(
					(exchanges) -> exchanges.pathMatchers("/forbidden").denyAll().anyExchange().authenticated())
			.cors((rules) -> rules.configurationSource((exchange) -> cors))
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	ReactiveAuthenticationManager authenticationManager(FilterSecurityTests.Passwords passwords) {
		return (authentication) -> passwords.isCorrect(authentication.getCredentials())
				? Mono.just(UsernamePasswordAuthenticationToken.authenticated(authentication.getName(), null,
						AuthorityUtils.createAuthorityList(FilterSecurityTests.authorities(authentication.getName()))))
				: Mono.error(new BadCredentialsException("wrong"));
	}

}
