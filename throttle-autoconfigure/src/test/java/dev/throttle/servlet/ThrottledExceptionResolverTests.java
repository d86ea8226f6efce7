package dev.throttle.servlet;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.web.RateLimitHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.MessageSource;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.json.JsonContent;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.i18n.FixedLocaleResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottledExceptionResolver}.
 */
class ThrottledExceptionResolverTests {

	private static final RateLimitHeaders NO_HEADERS = (decision, headers) -> {
	};

	private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/uploads");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private MessageSource messages = new StaticMessageSource();

	private final Locale defaultLocale = Locale.getDefault();

	@BeforeEach
	void setDefaultLocale() {
		Locale.setDefault(Locale.ROOT);
	}

	@AfterEach
	void resetDefaultLocale() {
		Locale.setDefault(this.defaultLocale);
	}

	@Test
	void backendThatCannotCountIsUnavailableAndNotTheClientsFault() {
		ThrottledExceptionResolver.last(this.messages, NO_HEADERS)
			.resolveException(this.request, this.response, null,
					new BackendUnavailableException(Duration.ofSeconds(1)));
		assertThat(this.response.getStatus()).isEqualTo(503);
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("1");
		assertThat(this.response.getHeader("Cache-Control")).isEqualTo("no-store");
		assertThat(body()).isEqualTo(
				"{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"Requests cannot be counted at the moment.\",\"instance\":\"/uploads\"}");
	}

	@Test
	void denialByPolicies() {
		resolve(new ThrottledException(Duration.ofMillis(41_001), List.of("uploads", "user-day")));
		assertThat(this.response.getStatus()).isEqualTo(429);
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("42");
		assertThat(this.response.getHeader("Cache-Control")).isEqualTo("no-store");
		assertThat(this.response.getContentType()).isEqualTo("application/problem+json");
		assertThat(body()).isEqualTo(
				"{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\",\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"Request was throttled. Expected available in 42 seconds.\",\"instance\":\"/uploads\",\"violated-policies\":[\"uploads\",\"user-day\"]}");
		assertThat(this.response.getContentLength()).isEqualTo(body().length());
	}

	@Test
	void denialByNoPolicyAndForUnknownTime() {
		resolve(new ThrottledException());
		assertThat(this.response.getStatus()).isEqualTo(429);
		assertThat(this.response.containsHeader("Retry-After")).isFalse();
		assertThat(body()).isEqualTo(
				"{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"Request was throttled.\",\"instance\":\"/uploads\"}");
	}

	@Test
	void costAboveTheLimitIsSaidAndNoWaitIs() {
		resolve(ThrottledException.costAboveLimit(List.of("bytes")));
		assertThat(this.response.getStatus()).isEqualTo(429);
		assertThat(this.response.containsHeader("Retry-After")).isFalse();
		assertThat(body())
			.contains("\"detail\":\"Request was throttled. The limit never allows it, so waiting does not help.\"")
			.contains("\"violated-policies\":[\"bytes\"]");
	}

	@Test
	void costAboveTheLimitHasItsOwnTranslation() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMANY);
		resolve(ThrottledException.costAboveLimit(List.of("bytes")));
		assertThat(body()).contains("\"detail\":\"Gedrosselt. Mehr als das Limit je zulässt.\"");
	}

	@Test
	void limitOfBytesIsSaid() {
		resolve(new ThrottledException(Duration.ofSeconds(42), List.of("downloads")).inBytes());
		assertThat(body())
			.contains("\"detail\":\"Request was throttled by a limit of bytes. Expected available in 42 seconds.\"");
	}

	@Test
	void limitOfBytesHasItsOwnTranslation() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMANY);
		resolve(new ThrottledException(Duration.ofSeconds(42)).inBytes());
		assertThat(body()).contains("\"detail\":\"Gedrosselt. Wieder Bytes frei in 42 Sekunden.\"");
	}

	@Test
	void limitOfBytesWithoutTranslationIsTranslatedLikeAnyOther() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMANY);
		resolve(ThrottledException.costAboveLimit(List.of("bytes")).inBytes());
		assertThat(body()).contains("\"detail\":\"Gedrosselt. Mehr als das Limit je zulässt.\"");
	}

	@Test
	void oneSecond() {
		resolve(new ThrottledException(Duration.ofNanos(1)));
		assertThat(body()).contains("\"detail\":\"Request was throttled. Expected available in 1 second.\"");
	}

	@Test
	void numberOfSecondsIsNotGrouped() {
		resolve(new ThrottledException(Duration.ofHours(1)));
		assertThat(body()).contains("available in 3600 seconds.");
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("3600");
	}

	@Test
	void absurdWaitIsSaturated() {
		resolve(new ThrottledException(Duration.ofSeconds(Long.MAX_VALUE)));
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("2147483647");
	}

	@Test
	void retryAfterThatIsSetIsKept() {
		this.response.setHeader("Retry-After", "9");
		resolve(new ThrottledException(Duration.ofSeconds(5)));
		assertThat(this.response.getHeaders("Retry-After")).containsExactly("9");
	}

	@Test
	void retryAfterIsExposedWithCors() {
		this.response.setHeader("Access-Control-Allow-Origin", "*");
		resolve(new ThrottledException(Duration.ofSeconds(5)));
		assertThat(this.response.getHeaders("Access-Control-Expose-Headers")).containsExactly("Retry-After");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a\"b", "/a\\b", "/\u0000\u001f\n\r\t", "/\u2028</script>", "/äöü€", "/\ud83d\ude00",
			"/\ud800alone", "/a\",\"status\":200,\"b\":\"" })
	void hostilePathStaysAString(String path) {
		this.request.setRequestURI(path);
		resolve(new ThrottledException(Duration.ofSeconds(5), List.of("a\"b")));
		JsonContent json = new JsonContent(body());
		assertThat(json).extractingPath("$.instance").isEqualTo(path);
		assertThat(json).extractingPath("$.status").isEqualTo(429);
		assertThat(json).extractingPath("$.violated-policies[0]").isEqualTo("a\"b");
		assertThat(body()).doesNotContainPattern("[\\x00-\\x1f]");
		assertThat(this.response.getContentLength()).isEqualTo(body().getBytes(StandardCharsets.UTF_8).length);
	}

	@Test
	void titleAndDetailAreTranslatedToTheLanguageOfTheRequest() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMANY);
		resolve(new ThrottledException(Duration.ofHours(1)));
		assertThat(body()).contains("\"title\":\"Zu viele Anfragen\"")
			.contains("\"detail\":\"Gedrosselt. Wieder möglich in 3600 Sekunden.\"");
	}

	@Test
	void oneSecondHasItsOwnTranslation() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMAN);
		resolve(new ThrottledException(Duration.ofSeconds(1)));
		assertThat(body()).contains("\"detail\":\"Gedrosselt. Wieder möglich in einer Sekunde.\"");
	}

	@Test
	void unknownTimeHasItsOwnTranslation() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.GERMAN);
		resolve(new ThrottledException());
		assertThat(body()).contains("\"detail\":\"Gedrosselt.\"");
	}

	@Test
	void languageWithoutTranslationIsEnglish() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.FRENCH);
		resolve(new ThrottledException(Duration.ofSeconds(2)));
		assertThat(body()).contains("\"title\":\"Too Many Requests\"").contains("available in 2 seconds.");
	}

	@Test
	void localeResolverOfTheApplicationDecides() {
		this.messages = bundle();
		this.request.addPreferredLocale(Locale.FRENCH);
		this.request.setAttribute(DispatcherServlet.LOCALE_RESOLVER_ATTRIBUTE, new FixedLocaleResolver(Locale.GERMAN));
		resolve(new ThrottledException());
		assertThat(body()).contains("\"detail\":\"Gedrosselt.\"");
	}

	@Test
	void messageCodesAreNoTranslations() {
		StaticMessageSource messages = new StaticMessageSource();
		messages.setUseCodeAsDefaultMessage(true);
		this.messages = messages;
		resolve(new ThrottledException(Duration.ofSeconds(2)));
		assertThat(body()).contains("\"title\":\"Too Many Requests\"").contains("available in 2 seconds.");
	}

	@Test
	void whatTheHandlerHasWrittenIsDropped() throws Exception {
		this.response.getOutputStream().write("half an answ".getBytes(StandardCharsets.UTF_8));
		resolve(new ThrottledException());
		assertThat(body()).startsWith("{\"type\"");
	}

	@Test
	void otherExceptionsAreLeftAlone() {
		assertThat(resolve(new IllegalStateException())).isNull();
		assertThat(this.response.getStatus()).isEqualTo(200);
	}

	@Test
	void committedResponseIsLeftAlone() {
		this.response.setCommitted(true);
		assertThat(resolve(new ThrottledException())).isNull();
	}

	@Test
	void nothingIsLeftToRender() {
		ModelAndView view = resolve(new ThrottledException());
		assertThat(view).isNotNull();
		assertThat(view.isEmpty()).isTrue();
	}

	private @Nullable ModelAndView resolve(Exception exception) {
		return ThrottledExceptionResolver.last(this.messages, NO_HEADERS)
			.resolveException(this.request, this.response, null, exception);
	}

	private String body() {
		return new String(this.response.getContentAsByteArray(), StandardCharsets.UTF_8);
	}

	private static MessageSource bundle() {
		ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
		messages.setBasename("dev/throttle/servlet/messages");
		messages.setDefaultEncoding("UTF-8");
		return messages;
	}

}
