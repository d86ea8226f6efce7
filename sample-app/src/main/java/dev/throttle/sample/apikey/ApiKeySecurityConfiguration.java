package dev.throttle.sample.apikey;

import dev.throttle.sample.security.ProblemEntryPoint;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Security for books: only an API key gives access.
 */
@Configuration(proxyBeanMethods = false)
class ApiKeySecurityConfiguration {

	@Bean
	@Order(1)
	SecurityFilterChain apiKeySecurity(HttpSecurity http, ApiKeyService keys,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) throws Exception {
		ApiKeyFilter filter = new ApiKeyFilter(keys, problems,
				new ProblemEntryPoint("ApiKey", "The API key is not known, or has been replaced.", problems));
		return http.securityMatcher("/books/**")
			.addFilterAt(filter, BasicAuthenticationFilter.class)
			.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.csrf(AbstractHttpConfigurer::disable)
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.build();
	}

}
