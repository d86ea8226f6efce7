package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.AddressRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottleRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for which throttles are in the filter before authentication, and for what stops
 * the start, on Spring MVC.
 */
@ExtendWith(OutputCaptureExtension.class)
class FilterStartTests {

	private final AbstractApplicationContextRunner<?, ?, ?> runner = small();

	private final AbstractApplicationContextRunner<?, ?, ?> byAddress = this.runner
		.withPropertyValues("throttle.rates.address=600/min", "throttle.rates.user=60/min");

	/**
	 * Return a runner of applications with nothing but controllers.
	 */
	AbstractApplicationContextRunner<?, ?, ?> small() {
		return WebApplications.small();
	}

	/**
	 * Return the order of the filter among all filters.
	 */
	int order(ApplicationContext context) {
		return filter(context).getOrder();
	}

	void assertThatThereIsNoFilter(ApplicationContext context) {
		assertThat(inFilter(context)).isEmpty();
		assertThat(filter(context).isEnabled()).isFalse();
		assertThat(filter(context).getFilterName()).isEqualTo("throttleFilter (no throttle is in it)");
	}

	private static FilterRegistrationBean<?> filter(ApplicationContext context) {
		return context.getBean("throttleFilter", FilterRegistrationBean.class);
	}

	@Test
	void withoutARateForTheAddressThereIsNoFilter() {
		this.runner.withPropertyValues("throttle.rates.user=60/min").run(this::assertThatThereIsNoFilter);
	}

	@Test
	void rateForTheAddressIsCountedInTheFilterAndNotAtHandlers() {
		this.byAddress.run((context) -> {
			assertThat(order(context)).isEqualTo(Ordered.HIGHEST_PRECEDENCE + 20);
			assertThat(inFilter(context)).containsExactly("addressRateThrottle");
			assertThat(defaults(context)).containsExactly("userRateThrottle", "scopedRateThrottle");
		});
	}

	@Test
	void keyIsCountedInTheFilterBesideTheAddress(CapturedOutput output) {
		this.byAddress.withPropertyValues("throttle.rates.api-key=5/min", "throttle.filter.api-key-header=X-API-Key")
			.run((context) -> {
				assertThat(inFilter(context)).containsExactly("addressRateThrottle", "apiKeyRateThrottle");
				assertThat(output).doesNotContain("WARN");
			});
	}

	@Test
	void warnsOfKeysWithoutALimitForTheAddress(CapturedOutput output) {
		this.runner.withPropertyValues("throttle.rates.api-key=5/min", "throttle.filter.api-key-header=X-API-Key")
			.run((context) -> assertThat(output).contains(
					"The throttle 'apiKeyRateThrottle' in the filter identifies clients by the unverified header X-API-Key, and no other throttle counts the address there"));
	}

	@Test
	void namedThrottlesAreTheOnlyOnesInTheFilter() {
		this.byAddress.withBean("tenantThrottle", BaseThrottle.class, TenantThrottle::new)
			.withPropertyValues("throttle.rates.tenant=5/min", "throttle.filter.throttles=tenantThrottle")
			.run((context) -> {
				assertThat(inFilter(context)).containsExactly("tenantThrottle");
				assertThat(defaults(context)).containsExactlyInAnyOrder("addressRateThrottle", "userRateThrottle",
						"scopedRateThrottle");
			});
	}

	@Test
	void filterCanBeEmpty() {
		this.byAddress.withPropertyValues("throttle.filter.throttles=").run((context) -> {
			assertThatThereIsNoFilter(context);
			assertThat(defaults(context)).contains("addressRateThrottle");
		});
	}

	@Test
	void rateForTheAddressIsEnoughToStart() {
		this.runner.withPropertyValues("throttle.include-paths=", "throttle.rates.address=600/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingIsInTheFilterWhileThrottlingIsOff() {
		this.byAddress.withPropertyValues("throttle.enabled=false", "throttle.filter.include-paths=/api/**")
			.run(this::assertThatThereIsNoFilter);
	}

	@Test
	void throttleThatIsNamedForBothPlaces() {
		FailureAnalysis failure = failure(
				this.byAddress.withPropertyValues("throttle.defaults=userRateThrottle, addressRateThrottle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'addressRateThrottle' is in the filter before authentication and in 'throttle.defaults', so each request would be counted twice.");
		assertThat(failure.getAction()).isEqualTo(
				"Remove it from 'throttle.defaults', or set 'throttle.filter.throttles' to the throttles of the filter without it, or to nothing.");
	}

	@Test
	void throttleThatAHandlerUses() {
		FailureAnalysis failure = failure(this.byAddress.withBean(AddressController.class));
		assertThat(failure.getDescription()).startsWith(
				"The throttle 'addressRateThrottle' is in the filter before authentication and in @Throttle on ");
	}

	@Test
	void scopeOfTheFilterThatAHandlerDeclares() {
		FailureAnalysis failure = failure(this.byAddress.withBean(ScopeController.class));
		assertThat(failure.getDescription())
			.contains("declares the scope of the throttle 'addressRateThrottle', which applies anyway");
	}

	@ParameterizedTest
	@ValueSource(strings = { "userRateThrottle", "anonRateThrottle", "scopedRateThrottle", "byUser", "byScope" })
	void throttleThatAsksForTheUserOrTheHandler(String throttle) {
		FailureAnalysis failure = failure(this.byAddress.withBean(PlainController.class)
			.withBean("byUser", BaseThrottle.class,
					() -> (request) -> (request.principal() != null) ? Verdict.allow() : Verdict.deny())
			.withBean("byScope", BaseThrottle.class,
					() -> (request) -> request.hasScope("uploads") ? Verdict.allow() : Verdict.deny())
			.withPropertyValues("throttle.rates.anon=5/min", "throttle.filter.throttles=" + throttle));
		assertThat(failure.getDescription()).isEqualTo("The throttle '" + throttle
				+ "' is in the filter before authentication, but it asks for the user or for the scopes of the handler, which are not known there.");
		assertThat(failure.getAction()).isEqualTo(
				"Remove it from 'throttle.filter.throttles'. To count everybody by address there, set 'throttle.rates.address' and add 'addressRateThrottle'.");
	}

	@Test
	void unknownThrottle() {
		FailureAnalysis failure = failure(
				this.byAddress.withPropertyValues("throttle.filter.throttles=adressRateThrottle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.filter.throttles' names 'adressRateThrottle', but there is no throttle bean of that name (did you mean 'addressRateThrottle'?).");
		assertThat(failure(this.byAddress.withPropertyValues("throttle.filter.throttles=apiKeyRateThrottle"))
			.getDescription()).endsWith(": that bean exists only if 'throttle.filter.api-key-header' is set.");
	}

	@Test
	void keyWithoutItsHeader() {
		FailureAnalysis failure = failure(this.byAddress.withPropertyValues("throttle.rates.api-key=5/min"));
		assertThat(failure.getDescription()).startsWith("The rate 'throttle.rates.api-key' is not used");
		assertThat(failure.getAction()).contains("set 'throttle.filter.api-key-header', ");
	}

	@Test
	void keyWithoutItsRate() {
		assertThat(
				failure(this.byAddress.withPropertyValues("throttle.filter.api-key-header=X-API-Key")).getDescription())
			.startsWith("The throttle 'apiKeyRateThrottle' has the scope 'api-key', but there is no rate for it");
	}

	@Test
	void keyThatIsCountedInASharedBackendWithoutASecret() {
		assertThat(failure(
				this.byAddress.withBean("cacheBackend", CacheBackend.class, StartupFailureTests.SharedBackend::new)
					.withPropertyValues("throttle.rates.api-key=5/min", "throttle.filter.api-key-header=X-API-Key"))
			.getDescription()).contains("'apiKeyRateThrottle' counts secrets in a shared backend");
	}

	@Test
	void pathsOfAFilterWithoutThrottles() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.user=60/min", "throttle.filter.include-paths=/api/**"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.filter.include-paths' is set, but no throttle is in the filter before authentication.");
	}

	@Test
	void pathThatIsNoPattern() {
		assertThat(
				failure(this.byAddress.withPropertyValues("throttle.filter.exclude-paths=/api/{id")).getDescription())
			.startsWith(
					"The property 'throttle.filter.exclude-paths' contains '/api/{id', which is not a path pattern.");
	}

	static List<String> inFilter(ApplicationContext context) {
		return context.getBean(ThrottleRegistry.class).filter().steps().stream().map(Step::name).toList();
	}

	private static List<String> defaults(ApplicationContext context) {
		return context.getBean(ThrottleRegistry.class).defaults().stream().map(Step::name).toList();
	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected Client client(ThrottleRequest request) {
			return Client.of("tenant", "acme");
		}

	}

	@RestController
	static class PlainController {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@RestController
	static class AddressController {

		@GetMapping("/plain")
		@Throttle(use = AddressRateThrottle.class)
		String plain() {
			return "plain";
		}

	}

	@RestController
	static class ScopeController {

		@GetMapping("/plain")
		@Throttle(scope = "address")
		String plain() {
			return "plain";
		}

	}

}
