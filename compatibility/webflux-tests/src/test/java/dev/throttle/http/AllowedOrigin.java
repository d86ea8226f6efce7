package dev.throttle.http;

import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Allows scripts of one origin to call {@code /configured}.
 */
class AllowedOrigin implements WebFluxConfigurer {

	static final String ORIGIN = "https://app.example";

	@Override
	public void addCorsMappings(CorsRegistry registry) {
		registry.addMapping("/configured").allowedOrigins(ORIGIN).allowedMethods("GET", "PUT").allowCredentials(true);
	}

}
