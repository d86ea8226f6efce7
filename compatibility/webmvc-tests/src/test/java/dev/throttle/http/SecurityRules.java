package dev.throttle.http;

import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.cors.CorsConfiguration;

/**
 * The application of {@link FilterSecurityTests} on Spring MVC.
 */
@Configuration(proxyBeanMethods = false)
class SecurityRules {

	@Bean
	SecurityFilterChain security(HttpSecurity http) throws Exception {
		CorsConfiguration cors = new CorsConfiguration();
		cors.setAllowedOrigins(List.of(FilterSecurityTests.ORIGIN));
		return http
			.authorizeHttpRequests(
					(requests) -> requests.requestMatchers("/forbidden").denyAll().anyRequest().authenticated())
			.cors((rules) -> rules.configurationSource((request) -> cors))
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	AuthenticationProvider authenticationProvider(FilterSecurityTests.Passwords passwords) {
		return new AuthenticationProvider() {

			@Override
			public Authentication authenticate(Authentication authentication) {
				if (passwords.isCorrect(authentication.getCredentials())) {
					return UsernamePasswordAuthenticationToken.authenticated(authentication.getName(), null,
							AuthorityUtils
								.createAuthorityList(FilterSecurityTests.authorities(authentication.getName())));
				}
				throw new BadCredentialsException("wrong");
			}

			@Override
			public boolean supports(Class<?> type) {
				return type == UsernamePasswordAuthenticationToken.class;
			}

		};
	}

}
