package dev.throttle.http;

import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Allows scripts of one origin to call {@code /configured}.
 */
class AllowedOrigin implements WebMvcConfigurer {

	static final String ORIGIN = "https://app.example";

	@Override
	public void addCorsMappings(CorsRegistry registry) {
		registry.addMapping("/configured").allowedOrigins(ORIGIN).allowedMethods("GET", "PUT").allowCredentials(true);
	}

}
