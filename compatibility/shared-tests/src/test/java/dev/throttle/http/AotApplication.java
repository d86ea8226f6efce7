package dev.throttle.http;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application of {@link AotTests}: one that is processed ahead of time is a class of
 * its own, with a main method.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class AotApplication {

	@GetMapping("/plain")
	String plain() {
		return "plain";
	}

	public static void main(String[] arguments) {
		new SpringApplicationBuilder(AotApplication.class).run(arguments);
	}

}
