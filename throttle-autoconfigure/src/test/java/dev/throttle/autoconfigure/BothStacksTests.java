package dev.throttle.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.throttle.redis.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.reactive.server.ReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances of one application on Spring MVC and on WebFlux, which count together in one
 * Redis.
 */
@Tag("integration")
class BothStacksTests {

	private static final int THREADS = 64;

	private static final int REQUESTS_PER_THREAD = 10;

	private static final int LIMIT = 400;

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static TestRedis redis;

	private static List<ConfigurableApplicationContext> instances;

	@BeforeAll
	static void start() {
		redis = TestRedis.start();
		instances = Stream
			.of(WebApplicationType.REACTIVE, WebApplicationType.SERVLET, WebApplicationType.REACTIVE,
					WebApplicationType.SERVLET, WebApplicationType.REACTIVE)
			.map(BothStacksTests::start)
			.toList();
	}

	private static ConfigurableApplicationContext start(WebApplicationType type) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=warn",
					"spring.application.name=both-stacks", "spring.data.redis.host=127.0.0.1",
					"spring.data.redis.port=" + redis.port(), "throttle.backend=redis", "throttle.redis.timeout=20s",
					"spring.autoconfigure.exclude=" + otherAutoConfigurations(), "throttle.on-failure=deny",
					"throttle.client.num-proxies=1", "throttle.rates.anon=" + LIMIT + "/day")
			.run();
	}

	/**
	 * Return those of Spring Boot 4, of Spring Cloud Gateway and of springdoc, which are
	 * not here as a whole.
	 */
	private static String otherAutoConfigurations() {
		return StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
			.filter((name) -> name.matches(
					"org\\.(springdoc|springframework\\.(boot\\.(health|restclient|webclient)|cloud\\.gateway))\\..*"))
			.collect(Collectors.joining(","));
	}

	@AfterAll
	static void stop() {
		instances.forEach(ConfigurableApplicationContext::close);
		redis.close();
	}

	@RepeatedTest(5)
	void instancesAdmitExactlyTheLimitTogether(RepetitionInfo repetition) throws Exception {
		String address = "192.0.2." + repetition.getCurrentRepetition();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CyclicBarrier start = new CyclicBarrier(THREADS);
			List<Callable<List<Integer>>> callers = IntStream.range(0, THREADS)
				.<Callable<List<Integer>>>mapToObj((thread) -> () -> {
					start.await();
					return request(address, thread);
				})
				.toList();
			List<Integer> statuses = new ArrayList<>();
			for (Future<List<Integer>> answers : threads.invokeAll(callers)) {
				statuses.addAll(answers.get());
			}
			assertThat(statuses).filteredOn((status) -> status == 200).hasSize(LIMIT);
			assertThat(statuses).filteredOn((status) -> status == 429).hasSize(THREADS * REQUESTS_PER_THREAD - LIMIT);
		}
		finally {
			threads.shutdown();
		}
	}

	private static List<Integer> request(String address, int thread) throws Exception {
		List<Integer> statuses = new ArrayList<>();
		for (int i = 0; i < REQUESTS_PER_THREAD; i++) {
			statuses.add(status(instances.get((thread + i) % instances.size()), address));
		}
		return statuses;
	}

	@Test
	void clientKeepsItsCountWhenTheApplicationMovesFromSpringMvcToWebFlux() throws Exception {
		for (int i = 0; i < LIMIT; i++) {
			assertThat(status(instances.get(1), "198.51.100.1")).isEqualTo(200);
		}
		for (ConfigurableApplicationContext instance : instances) {
			assertThat(status(instance, "198.51.100.1")).isEqualTo(429);
		}
	}

	private static int status(ConfigurableApplicationContext instance, String address) throws Exception {
		int port = ((WebServerApplicationContext) instance).getWebServer().getPort();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
			.header("X-Forwarded-For", address)
			.build();
		return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@Bean
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
		ReactiveWebServerFactory netty() {
			return new NettyReactiveWebServerFactory();
		}

		@GetMapping("/")
		String hello() {
			return "Hello";
		}

	}

}
