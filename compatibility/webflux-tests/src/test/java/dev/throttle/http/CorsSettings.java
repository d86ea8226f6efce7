package dev.throttle.http;

import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * How an application on WebFlux allows {@link FilterTests#ORIGIN}.
 */
final class CorsSettings {

	private CorsSettings() {
	}

	static class OfPaths implements WebFluxConfigurer {

		@Override
		public void addCorsMappings(CorsRegistry registry) {
			registry.addMapping("/plain").allowedOrigins(FilterTests.ORIGIN);
			registry.addMapping("/files/**").allowedOrigins(FilterTests.ORIGIN);
			registry.addMapping("/nowhere").allowedOrigins(FilterTests.ORIGIN);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfFilter {

		@Bean
		CorsWebFilter corsFilter() {
			CorsConfiguration cors = new CorsConfiguration();
			cors.setAllowedOrigins(List.of(FilterTests.ORIGIN));
			UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
			paths.registerCorsConfiguration("/**", cors);
			return new CorsWebFilter(paths);
		}

	}

}
