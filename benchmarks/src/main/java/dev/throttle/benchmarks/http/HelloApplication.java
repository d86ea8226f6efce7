package dev.throttle.benchmarks.http;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

import com.sun.management.OperatingSystemMXBean;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The smallest application. It writes its port and the CPU time it has used, in
 * nanoseconds, for each line that it reads.
 */
@EnableAutoConfiguration
@RestController
@Import({ HelloApplication.Caching.class, HelloApplication.HeadersAlone.class })
public class HelloApplication {

	/**
	 * Run the application.
	 * @param arguments the properties
	 * @throws Exception if nothing can be read
	 */
	public static void main(String[] arguments) throws Exception {
		PrintStream answers = System.out;
		System.setOut(System.err);
		ConfigurableApplicationContext context = SpringApplication.run(HelloApplication.class, arguments);
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		while (lines.readLine() != null) {
			answers
				.println(context.getEnvironment().getProperty("local.server.port") + " " + system.getProcessCpuTime());
		}
		System.exit(0);
	}

	@GetMapping("/")
	String hello() {
		return "Hello";
	}

	/**
	 * What the starter of Bucket4j needs to find a cache.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ConditionalOnBooleanProperty("bucket4j.enabled")
	static class Caching {

	}

	/**
	 * What an interceptor that tells a limit does at the very least: it sets the three
	 * headers, of which two change. It limits nothing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("benchmark.headers-alone")
	static class HeadersAlone implements WebMvcConfigurer, HandlerInterceptor {

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(this);
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			long micros = System.nanoTime() / 1000;
			response.setHeader("X-RateLimit-Limit", Long.toString(1_000_000));
			response.setHeader("X-RateLimit-Remaining", Long.toString(micros % 1_000_000));
			response.setHeader("X-RateLimit-Reset", Long.toString(System.currentTimeMillis() / 1000));
			return true;
		}

	}

}
