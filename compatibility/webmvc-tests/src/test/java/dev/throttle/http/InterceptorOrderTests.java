package dev.throttle.http;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interceptors of the application that tell who is asking.
 */
class InterceptorOrderTests {

	@Test
	void interceptorThatIsAMappedInterceptorBeanRunsBeforeTheThrottles() {
		try (RunningApplication application = RunningApplication.start(First.class, "throttle.rates.tenant=1/min")) {
			Caller acme = application.caller().with("X-Tenant", "acme");
			assertThat(acme.get("/tenants").statusCode()).isEqualTo(200);
			assertThat(acme.get("/tenants").statusCode()).isEqualTo(429);
			assertThat(application.caller().with("X-Tenant", "other").get("/tenants").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void interceptorOfAWebMvcConfigurerRunsAfterTheThrottles() {
		try (RunningApplication application = RunningApplication.start(Later.class, "throttle.rates.tenant=1/min")) {
			Caller acme = application.caller().with("X-Tenant", "acme");
			assertThat(acme.get("/tenants").statusCode()).isEqualTo(200);
			assertThat(acme.get("/tenants").statusCode()).isEqualTo(200);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		BaseThrottle tenantThrottle() {
			return new TenantThrottle();
		}

		@Bean
		Tenants tenants() {
			return new Tenants();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class First extends Application {

		@Bean
		MappedInterceptor tenantInterceptor() {
			return new MappedInterceptor(null, new TenantInterceptor());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Later extends Application implements WebMvcConfigurer {

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new TenantInterceptor()).order(Integer.MIN_VALUE);
		}

	}

	static class TenantInterceptor implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			request.setAttribute("tenant", request.getHeader("X-Tenant"));
			return true;
		}

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
			return (servletRequest != null) ? Client.of("tenant", (String) servletRequest.getAttribute("tenant"))
					: null;
		}

	}

	@RestController
	static class Tenants {

		@GetMapping("/tenants")
		String get() {
			return "tenants";
		}

	}

}
