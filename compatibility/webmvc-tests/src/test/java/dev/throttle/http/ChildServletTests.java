package dev.throttle.http;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose handlers are those of a second {@code DispatcherServlet}, which
 * starts with its first request. WebFlux has one dispatcher.
 */
class ChildServletTests {

	@Test
	void handlersThatComeLaterAreThrottled() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.anon=2/min")) {
			Caller caller = application.caller();
			assertThat(caller.get("/child/orders").body()).isEqualTo("orders");
			assertThat(caller.get("/child/orders").statusCode()).isEqualTo(200);
			assertThat(caller.get("/child/orders").statusCode()).isEqualTo(429);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ServletRegistrationBean<DispatcherServlet> child(ApplicationContext parent) {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.setParent(parent);
			context.register(Orders.class);
			ServletRegistrationBean<DispatcherServlet> servlet = new ServletRegistrationBean<>(
					new DispatcherServlet(context), "/child/*");
			servlet.setName("child");
			return servlet;
		}

	}

	@RestController
	@EnableWebMvc
	static class Orders {

		@GetMapping("/orders")
		String orders() {
			return "orders";
		}

	}

}
