package dev.throttle.http;

import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.Throttle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.annotation.Id;
import org.springframework.data.keyvalue.repository.KeyValueRepository;
import org.springframework.data.map.repository.config.EnableMapRepositories;
import org.springframework.data.rest.core.annotation.RepositoryRestResource;
import org.springframework.data.rest.webmvc.RepositoryRestController;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Repositories that Spring Data REST exports, which needs Spring MVC.
 */
class DataRestTests {

	private static final String[] PROPERTIES = { "spring.profiles.active=data-rest", "throttle.rates.user=3/min",
			"spring.data.rest.base-path=/api", "management.endpoints.web.exposure.include=throttles" };

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = start("throttle.rates.exports=1/min");
	}

	private static RunningApplication start(String rate) {
		String[] all = Stream.concat(Stream.of(PROPERTIES), Stream.of(rate)).toArray(String[]::new);
		return RunningApplication.start(Application.class, all);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void scopeOfRepositoryRestControllerApplies() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/api/books/export").body()).contains("exported");
		assertThat(caller.get("/api/books/export").statusCode()).isEqualTo(429);
		assertThat(caller.get("/api/books/export").body()).contains("\"violated-policies\":[\"exports\"]");
	}

	@Test
	void repositoriesAreThrottledByTheDefaults() {
		Caller caller = application.caller().asNewcomer();
		assertThat(IntStream.range(0, 4).map((i) -> caller.get("/api/books").statusCode())).containsExactly(200, 200,
				200, 429);
	}

	@Test
	void endpointListsBoth() {
		assertThat(application.caller().get("/actuator/throttles").body())
			.contains("org.springframework.data.rest.webmvc.RepositoryEntityController#getCollectionResource")
			.contains(Exports.class.getName() + "#export()\",\"mappings\":[\"GET [/api/books/export]");
	}

	@Test
	void scopeWithoutARateKeepsTheApplicationFromStarting() {
		assertThatThrownBy(() -> start("throttle.rates.anon=1/min"))
			.hasMessageContaining("Exports#export() declares the scope 'exports', but there is no rate for it");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableMapRepositories(considerNestedRepositories = true)
	@Import({ UserFilter.class, Exports.class })
	static class Application {

	}

	record Book(@Id String id, String title) {

	}

	@RepositoryRestResource(path = "books")
	interface Books extends KeyValueRepository<Book, String> {

	}

	@RepositoryRestController
	static class Exports {

		@GetMapping("/books/export")
		@Throttle(scope = "exports")
		@ResponseBody
		String export() {
			return "exported";
		}

	}

}
