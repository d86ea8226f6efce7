package dev.throttle.http;

import dev.throttle.Client;
import dev.throttle.Unthrottled;
import dev.throttle.limiter.RateLimiter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
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

	private final ObjectProvider<RateLimiter> sms;

	AotApplication(@Qualifier("sms") ObjectProvider<RateLimiter> sms) {
		this.sms = sms;
	}

	@GetMapping("/sms")
	@Unthrottled
	String send() {
		this.sms.getObject().acquire(Client.ALL);
		return "sent";
	}

	@GetMapping("/plain")
	String plain() {
		return "plain";
	}

	public static void main(String[] arguments) {
		new SpringApplicationBuilder(AotApplication.class).run(arguments);
	}

}
