package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.servlet.ThrottleInterceptor;
import dev.throttle.servlet.ThrottledExceptionResolver;
import dev.throttle.web.RateLimitHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.MessageSource;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleWebMvcAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThrottleWebMvcAutoConfigurationTests {

	private static final AutoConfigurations THROTTLING = AutoConfigurations.of(ThrottleAutoConfiguration.class,
			ThrottleWebMvcAutoConfiguration.class);

	private final WebApplicationContextRunner runner = WebApplications.full();

	private final WebApplicationContextRunner small = WebApplications.small();

	@ParameterizedTest
	@ValueSource(strings = { "throttledEventPublisher", "throttleDenialLog", "throttleStartupReport",
			"throttleHandlerReport", "throttleDeploymentReport" })
	void beanOfTheSameNameSwitchesOff(String name) {
		this.small.withBean(name, StringBuilder.class)
			.run((context) -> assertThat(context).hasNotFailed().getBean(name).isInstanceOf(StringBuilder.class));
	}

	@Test
	void handlersAreThrottled() {
		this.runner.withBean(HelloController.class).withPropertyValues("throttle.rates.anon=1/hour").run((context) -> {
			MockMvcTester mvc = MockMvcTester.from(context);
			assertThat(mvc.get().uri("/hello")).hasStatusOk()
				.hasHeader("X-RateLimit-Limit", "1")
				.hasHeader("X-RateLimit-Remaining", "0");
			assertThat(mvc.get().uri("/hello")).hasStatus(429)
				.hasHeader("Retry-After", "3600")
				.hasContentType("application/problem+json")
				.bodyJson()
				.extractingPath("$.detail")
				.isEqualTo("Request was throttled. Expected available in 3600 seconds.");
		});
	}

	@Test
	void switchedOffEverythingIsThereAndNoHandlerIsLookedAt() {
		this.small.withBean(UnratedController.class)
			.withPropertyValues("throttle.rates.anon=1/s", "throttle.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(ThrottleInterceptor.class)
					.hasSingleBean(ThrottledExceptionResolver.class)
					.hasSingleBean(RateLimitHeaders.class)
					.hasSingleBean(ThrottledHandlers.class)
					.hasSingleBean(ClientAddressResolver.class);
				assertThat(context.getBeansOfType(MappedInterceptor.class)).isEmpty();
				context.getBean(RequestMappingHandlerMapping.class)
					.getHandlerMethods()
					.values()
					.forEach((handler) -> assertThat(
							context.getBean(ThrottledHandlers.class).throttles(handler).isThrottled())
						.isFalse());
			});
	}

	@Test
	void applicationThatIsNotOfTheWebHasNoServletBeans() {
		new ApplicationContextRunner().withConfiguration(THROTTLING)
			.run((context) -> assertThat(context).hasSingleBean(ThrottleRegistry.class)
				.doesNotHaveBean(ThrottleInterceptor.class)
				.doesNotHaveBean(HandlerReport.class));
	}

	@Test
	void reactiveApplicationHasNoServletBeans() {
		new ReactiveWebApplicationContextRunner().withConfiguration(THROTTLING)
			.run((context) -> assertThat(context).hasSingleBean(ThrottleRegistry.class)
				.doesNotHaveBean(ThrottleInterceptor.class)
				.doesNotHaveBean(HandlerReport.class));
	}

	@Test
	void applicationWithoutSpringMvcHasNoServletBeans() {
		new WebApplicationContextRunner().withConfiguration(THROTTLING)
			.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ThrottleRegistry.class)
				.doesNotHaveBean(ThrottleInterceptor.class)
				.doesNotHaveBean(HandlerReport.class));
	}

	@Test
	void beansBackOff() {
		ClientAddressResolver addresses = ClientAddressResolver.builder().build();
		RateLimitHeaders headers = (decision, response) -> {
		};
		ThrottledExceptionResolver resolver = ThrottledExceptionResolver.last(new StaticMessageSource(),
				RateLimitHeaders.draft11());
		this.small.withBean("myAddresses", ClientAddressResolver.class, () -> addresses)
			.withBean("myHeaders", RateLimitHeaders.class, () -> headers)
			.withBean("myResolver", ThrottledExceptionResolver.class, () -> resolver)
			.run((context) -> {
				assertThat(context.getBean(ClientAddressResolver.class)).isSameAs(addresses);
				assertThat(context.getBean(RateLimitHeaders.class)).isSameAs(headers);
				assertThat(context.getBean(ThrottledExceptionResolver.class)).isSameAs(resolver);
			});
	}

	@Test
	void mappedInterceptorBacksOffByName() {
		this.small
			.withBean("throttleMappedInterceptor", MappedInterceptor.class,
					() -> new MappedInterceptor(new String[] { "/api/**" }, new WebRequestNothing()))
			.run((context) -> assertThat(context.getBean(MappedInterceptor.class).getInterceptor())
				.isNotInstanceOf(ThrottleInterceptor.class));
	}

	@Test
	void headersAreXRateLimitByDefault() {
		this.small.run((context) -> assertThat(context.getBean(RateLimitHeaders.class))
			.extracting((headers) -> headers.getClass().getSimpleName())
			.isEqualTo("XRateLimitHeaders"));
	}

	@ParameterizedTest
	@CsvSource({ "none, false, false", "x-ratelimit, true, false", "draft-11, false, true", "both, true, true" })
	void headersAreThoseChosen(String value, boolean xRateLimit, boolean draft11) {
		this.small.withBean(HelloController.class)
			.withPropertyValues("throttle.rates.anon=1/hour", "throttle.headers=" + value)
			.run((context) -> {
				MockMvcTester mvc = MockMvcTester.of(List.of(context.getBean(HelloController.class)),
						(builder) -> builder.addInterceptors(context.getBean(ThrottleInterceptor.class))
							.setHandlerExceptionResolvers(context.getBean(ThrottledExceptionResolver.class))
							.build());
				for (int status : new int[] { 200, 429 }) {
					MockHttpServletResponse response = mvc.get().uri("/hello").exchange().getResponse();
					assertThat(response.getStatus()).isEqualTo(status);
					assertThat(response.containsHeader("X-RateLimit-Limit")).isEqualTo(xRateLimit);
					assertThat(response.containsHeader("X-RateLimit-Remaining")).isEqualTo(xRateLimit);
					assertThat(response.containsHeader("X-RateLimit-Reset")).isEqualTo(xRateLimit);
					assertThat(response.containsHeader("RateLimit-Policy")).isEqualTo(draft11);
					assertThat(response.containsHeader("RateLimit")).isEqualTo(draft11);
					assertThat(response.containsHeader("Retry-After")).isEqualTo(status == 429);
				}
			});
	}

	@Test
	void draft11HeadersAreOfTheirOwnType() {
		this.small.withPropertyValues("throttle.headers=draft11")
			.run((context) -> assertThat(context.getBean(RateLimitHeaders.class))
				.extracting((headers) -> headers.getClass().getSimpleName())
				.isEqualTo("Draft11Headers"));
	}

	@ParameterizedTest
	@CsvSource({ "throttle.headers=both, true", "throttle.headers=none, false", "throttle.enabled=false, false" })
	void filterOfHeadersIsThereWhereHeadersAreWritten(String property, boolean enabled) {
		this.small.withPropertyValues(property)
			.run((context) -> assertThat(
					context.getBean("throttleRateLimitHeadersFilter", FilterRegistrationBean.class).isEnabled())
				.isEqualTo(enabled));
	}

	@Test
	void denialsAreAnsweredBeforeEveryOtherResolver() {
		this.runner.run((context) -> {
			List<HandlerExceptionResolver> resolvers = new ArrayList<>(
					context.getBeansOfType(HandlerExceptionResolver.class).values());
			AnnotationAwareOrderComparator.sort(resolvers);
			assertThat(resolvers.get(0)).isInstanceOf(ThrottledExceptionResolver.class);
		});
	}

	@ParameterizedTest
	@CsvSource({ "specific, true", "any, false" })
	void exceptionHandlersThatAnswerAreThoseChosen(String value, boolean isBeforeOthers) {
		this.small.withPropertyValues("throttle.exception-handlers=" + value).run((context) -> {
			ThrottledExceptionResolver resolver = context.getBean(ThrottledExceptionResolver.class);
			assertThat(resolver instanceof PriorityOrdered).isEqualTo(isBeforeOthers);
			assertThat(resolver.resolveException(new MockHttpServletRequest(), new MockHttpServletResponse(), null,
					new ThrottledException()))
				.isNotNull();
		});
	}

	@Test
	void severalMessageSourcesDoNotMatter() {
		StaticMessageSource messages = new StaticMessageSource();
		messages.addMessage("throttle.title", Locale.ENGLISH, "Easy");
		this.small.withBean("messageSource", MessageSource.class, () -> messages)
			.withBean("validationMessages", MessageSource.class, StaticMessageSource::new)
			.run((context) -> {
				MockHttpServletResponse response = new MockHttpServletResponse();
				context.getBean(ThrottledExceptionResolver.class)
					.resolveException(new MockHttpServletRequest(), response, null, new ThrottledException());
				assertThat(response.getContentAsString()).contains("\"title\":\"Easy\"");
			});
	}

	@Test
	void requestIsDecidedByRatesThatWereReplaced() {
		this.runner.withBean(HelloController.class).withPropertyValues("throttle.rates.anon=1/hour").run((context) -> {
			MockMvcTester mvc = MockMvcTester.from(context);
			context.getBean(RateRegistry.class)
				.update((rates) -> rates.with(dev.throttle.Scope.of("anon"),
						List.of(dev.throttle.Rate.parse("7/hour"))));
			assertThat(mvc.get().uri("/hello")).hasHeader("X-RateLimit-Limit", "7")
				.hasHeader("X-RateLimit-Remaining", "6");
		});
	}

	@Test
	void excludedAndIncludedPaths() {
		this.runner.withBean(HelloController.class)
			.withPropertyValues("throttle.rates.anon=1/hour", "throttle.exclude-paths=hello",
					"throttle.include-paths=/static/**")
			.run((context) -> {
				MockMvcTester mvc = MockMvcTester.from(context);
				assertThat(mvc.get().uri("/hello")).hasStatusOk().doesNotContainHeader("X-RateLimit-Limit");
				assertThat(mvc.get().uri("/other/missing.css")).doesNotContainHeader("X-RateLimit-Limit");
				assertThat(mvc.get().uri("/static/missing.css")).hasStatus(404).hasHeader("X-RateLimit-Limit", "1");
				assertThat(mvc.get().uri("/static/missing.css")).hasStatus(429);
			});
	}

	static class WebRequestNothing implements org.springframework.web.servlet.HandlerInterceptor {

	}

	@RestController
	static class UnratedController {

		@GetMapping("/unrated")
		@Throttle(scope = "unrated")
		String unrated() {
			return "unrated";
		}

	}

	@RestController
	static class HelloController {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
