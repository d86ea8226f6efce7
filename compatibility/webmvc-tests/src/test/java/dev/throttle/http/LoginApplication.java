package dev.throttle.http;

import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose log-ins are protected as the documentation says.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ LoginApplication.Passwords.class, LoginApplication.Secrets.class })
class LoginApplication {

	@Bean
	LoginThrottles.LoginThrottle loginThrottle() {
		return new LoginThrottles.LoginThrottle();
	}

	@Bean
	LoginThrottles.LoginAddressThrottle loginAddressThrottle() {
		return new LoginThrottles.LoginAddressThrottle();
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) throws Exception {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.csrf(AbstractHttpConfigurer::disable)
			.formLogin((form) -> form.failureHandler((request, response, failure) -> response.setStatus(401)))
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@RestController
	static class Secrets {

		@GetMapping("/secret")
		String secret() {
			return "secret";
		}

	}

	/**
	 * Takes "right" for a password, and counts how often it is asked.
	 */
	static class Passwords implements AuthenticationProvider {

		final AtomicInteger checked = new AtomicInteger();

		@Override
		public Authentication authenticate(Authentication authentication) {
			this.checked.incrementAndGet();
			if ("right".equals(authentication.getCredentials())) {
				return UsernamePasswordAuthenticationToken.authenticated(authentication.getName(), null,
						AuthorityUtils.createAuthorityList("ROLE_USER"));
			}
			throw new BadCredentialsException("wrong");
		}

		@Override
		public boolean supports(Class<?> type) {
			return type == UsernamePasswordAuthenticationToken.class;
		}

	}

}
