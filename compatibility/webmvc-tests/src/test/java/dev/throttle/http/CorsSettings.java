package dev.throttle.http;

import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * How an application on Spring MVC allows {@link FilterTests#ORIGIN}.
 */
final class CorsSettings {

	private CorsSettings() {
	}

	static class OfPaths implements WebMvcConfigurer {

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
		CorsFilter corsFilter() {
			CorsConfiguration cors = new CorsConfiguration();
			cors.setAllowedOrigins(List.of(FilterTests.ORIGIN));
			UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
			paths.registerCorsConfiguration("/**", cors);
			return new CorsFilter(paths);
		}

	}

}
