package dev.throttle.http;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.limiter.RateLimiter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application of {@link AotTests}: one that is processed ahead of time is a class of
 * its own, with a main method.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ UserFilter.class, AotApplication.Pages.class, AotApplication.UploadHandlers.class,
		AotApplication.OrderService.class })
class AotApplication {

	/**
	 * A bean that has the name of a scope that is counted in code.
	 */
	@Bean
	String mails() {
		return "mails";
	}

	public static void main(String[] arguments) {
		new SpringApplicationBuilder(AotApplication.class).run(arguments);
	}

	@RestController
	static class Pages {

		private final ObjectProvider<RateLimiter> sms;

		private final ObjectProvider<RateLimiter> mails;

		private final OrderService orders;

		Pages(@Qualifier("sms") ObjectProvider<RateLimiter> sms, @Qualifier("mails") ObjectProvider<RateLimiter> mails,
				OrderService orders) {
			this.sms = sms;
			this.mails = mails;
			this.orders = orders;
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/sms")
		@Unthrottled
		String sms() {
			this.sms.getObject().acquire(Client.ALL);
			return "sent";
		}

		@GetMapping("/mails")
		@Unthrottled
		String mails() {
			this.mails.getObject().acquire(Client.ALL);
			return "sent";
		}

		@GetMapping("/orders/{customer}")
		@Unthrottled
		String order(@PathVariable("customer") String customer) {
			return this.orders.place(new Order(customer));
		}

	}

	interface Uploads {

		@Throttle(scope = "uploads")
		String upload();

	}

	@RestController
	static class UploadHandlers implements Uploads {

		@Override
		@GetMapping("/uploads")
		public String upload() {
			return "uploaded";
		}

	}

	interface Orders {

		@Throttle(scope = "orders", key = "#order.customer")
		String place(Order order);

	}

	static class OrderService implements Orders {

		@Override
		public String place(Order order) {
			return "placed";
		}

	}

	record Order(String customer) {
	}

}
