package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;

import dev.throttle.backend.BackendUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A browser is answered with a page: the application's own error page, or a plain one.
 */
class BrowserTests {

	private static final String CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

	private static final String WHITE_LABEL = "Whitelabel Error Page";

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1/min",
				"server.error.include-message=always", "spring.web.error.include-message=always");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void applicationWithoutErrorPageAnswersWithTheWhiteLabelPage() {
		HttpResponse<String> denied = denied(application);
		assertPage(denied, 429, "60");
		assertThat(denied.body()).contains(WHITE_LABEL)
			.contains("type=Too Many Requests, status=429")
			.contains("Request was throttled. Expected available in 60 seconds.");
		assertThat(denied.headers().allValues("X-RateLimit-Remaining")).containsExactly("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "text/html;charset=utf-8", "text/html, */*",
			"application/json;q=0.9, text/html", "application/xhtml+xml, application/json;q=0.5",
			"text/*, application/json;q=0.5", "image/png, text/html;q=0.2, */*;q=0.1" })
	void clientThatPrefersHtmlIsAnsweredWithAPage(String accept) {
		Caller caller = application.caller().asNewcomer().with("Accept", accept);
		caller.get("/plain");
		assertPage(caller.get("/plain"), 429, "60");
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/json", "application/json, text/html", "text/html;q=0.9, */*",
			"text/html;q=0.5, application/problem+json", "application/*+json, text/html;q=0.9", "text/html;q=0",
			"text/plain, */*;q=0.1", "image/png", "application/xml", "nonsense", "text/html;q=much" })
	void clientThatDoesNotPreferHtmlIsAnsweredWithAProblem(String accept) {
		Caller caller = application.caller().asNewcomer().with("Accept", accept);
		caller.get("/plain");
		HttpResponse<String> denied = caller.get("/plain");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Content-Type")).hasValue("application/problem+json");
	}

	@Test
	void severalAcceptHeadersAreOne() {
		Caller caller = application.caller()
			.asNewcomer()
			.with("Accept", "application/json;q=0.5")
			.with("Accept", "text/html");
		caller.get("/plain");
		assertPage(caller.get("/plain"), 429, "60");
	}

	@Test
	void outageIsAnsweredWithAPage() {
		HttpResponse<String> refused = application.caller().asNewcomer().with("Accept", CHROME).get("/unavailable");
		assertPage(refused, 503, "1");
		assertThat(refused.body()).contains("type=Service Unavailable, status=503")
			.contains("Requests cannot be counted at the moment.");
	}

	@Test
	void pageForTheStatusIsTheApplications() {
		try (RunningApplication application = start("exact")) {
			HttpResponse<String> denied = denied(application);
			assertPage(denied, 429, "60");
			assertThat(denied.body()).contains("The page for 429");
			HttpResponse<String> refused = application.caller().asNewcomer().with("Accept", CHROME).get("/unavailable");
			assertPage(refused, 503, "1");
			assertThat(refused.body()).contains("The page for 5xx");
		}
	}

	@Test
	void pageForTheSeriesIsTheApplications() {
		try (RunningApplication application = start("series")) {
			HttpResponse<String> denied = denied(application);
			assertPage(denied, 429, "60");
			assertThat(denied.body()).contains("The page for 4xx");
		}
	}

	@Test
	void templateIsToldWhatHappened() {
		try (RunningApplication application = start("none", "spring.profiles.active=thymeleaf",
				"spring.thymeleaf.prefix=classpath:/thymeleaf/", "server.error.include-message=always",
				"spring.web.error.include-message=always")) {
			HttpResponse<String> denied = denied(application);
			assertPage(denied, 429, "60");
			assertThat(denied.body()).contains("<h2>Something happened...</h2>")
				.contains("<p>429 Too Many Requests at /plain</p>")
				.contains("<p>Request was throttled. Expected available in 60 seconds.</p>")
				.contains("<p>" + LocalDate.now().getYear() + "</p>");
		}
	}

	@Test
	void templateThatFailsIsReplacedByAPlainPage() {
		try (RunningApplication application = start("none", "spring.profiles.active=thymeleaf",
				"spring.thymeleaf.prefix=classpath:/nowhere/", "server.error.whitelabel.enabled=false",
				"spring.web.error.whitelabel.enabled=false", "logging.level.org.thymeleaf=off")) {
			assertPlainPage(denied(application));
		}
	}

	@Test
	void applicationWithoutAnyErrorPageAnswersWithAPlainPage() {
		try (RunningApplication application = start("none", "server.error.whitelabel.enabled=false",
				"spring.web.error.whitelabel.enabled=false")) {
			assertPlainPage(denied(application));
		}
	}

	@Test
	void browserIsDeniedThoughEveryExceptionIsHandled() {
		try (RunningApplication application = start("exact", "spring.profiles.active=catching")) {
			HttpResponse<String> denied = denied(application);
			assertPage(denied, 429, "60");
			assertThat(denied.body()).contains("The page for 429");
		}
	}

	private static RunningApplication start(String pages, String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 2, properties.length);
		all[0] = "throttle.rates.user=1/min";
		all[1] = "spring.web.resources.static-locations=classpath:/static-pages/" + pages + "/";
		return RunningApplication.start(Application.class, all);
	}

	private static HttpResponse<String> denied(RunningApplication application) {
		Caller caller = application.caller().asNewcomer().with("Accept", CHROME);
		assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
		return caller.get("/plain");
	}

	private static void assertPlainPage(HttpResponse<String> response) {
		assertPage(response, 429, "60");
		assertThat(response.body()).isEqualTo("<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
				+ "<title>Too Many Requests</title></head><body><h1>Too Many Requests</h1>"
				+ "<p>Request was throttled. Expected available in 60 seconds.</p></body></html>");
	}

	private static void assertPage(HttpResponse<String> response, int status, String retryAfter) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
		assertThat(response.headers().allValues("Retry-After")).containsExactly(retryAfter);
		assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Pages.class, CatchingAdvice.class })
	static class Application {

	}

	@Controller
	static class Pages {

		@GetMapping("/plain")
		@ResponseBody
		String plain() {
			return "plain";
		}

		@GetMapping("/unavailable")
		@ResponseBody
		String unavailable() {
			throw new BackendUnavailableException(Duration.ofSeconds(1));
		}

	}

	/**
	 * As petclinic's and JHipster's.
	 */
	@ControllerAdvice
	@Profile("catching")
	static class CatchingAdvice {

		@ExceptionHandler(Throwable.class)
		String any() {
			return "oops";
		}

	}

}
