package dev.throttle.autoconfigure;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the start says of throttles whose clients anybody can make up.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnverifiedClientsTests {

	private static final String REPORT = "; clients from unverified headers: ";

	private static final String WARNING = "and no other throttle counts the address";

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withBean(ArticleController.class)
		.withPropertyValues("throttle.rates.tenant=3/min");

	private final WebApplicationContextRunner shared = this.runner.withBean("cacheBackend", CacheBackend.class,
			StartupFailureTests.SharedBackend::new);

	private final WebApplicationContextRunner byTenant = this.shared.withBean("perTenant", TenantThrottle.class);

	@Test
	void throttleThatBelievesAHeaderIsNamedWithTheHeader(CapturedOutput output) {
		this.byTenant.run((context) -> assertThat(output).contains(REPORT + "perTenant (X-Tenant)"));
	}

	@Test
	void warnsWhereNothingElseCountsTheClient(CapturedOutput output) {
		this.byTenant.run((context) -> assertThat(output)
			.contains("The throttle 'perTenant' identifies clients by the unverified header X-Tenant, " + WARNING
					+ " at ")
			.contains("ArticleController#articles")
			.contains("Set 'throttle.rates.user' or 'throttle.rates.anon'"));
	}

	@Test
	void doesNotWarnWhereTheAddressIsCountedBeside(CapturedOutput output) {
		this.byTenant.withPropertyValues("throttle.rates.user=60/min")
			.run((context) -> assertThat(output).contains(REPORT).doesNotContain(WARNING));
	}

	@Test
	void doesNotWarnWhereMemoryIsBounded(CapturedOutput output) {
		this.runner.withBean("perTenant", TenantThrottle.class)
			.run((context) -> assertThat(output).contains(REPORT).doesNotContain(WARNING));
	}

	@Test
	void saysNothingOfAThrottleThatLooksTheHeaderUp(CapturedOutput output) {
		this.shared.withBean(KnownTenantThrottle.class)
			.run((context) -> assertThat(output).contains("Throttling 1 of 1 handlers").doesNotContain(REPORT));
	}

	@Test
	void saysNothingOfAThrottleThatNeedsMoreOfARequest(CapturedOutput output) {
		this.shared.withBean(NativeThrottle.class)
			.run((context) -> assertThat(output).contains("Throttling 1 of 1 handlers").doesNotContain(REPORT));
	}

	@Test
	void lambdaThatBelievesAHeaderIsNamedWithTheHeader(CapturedOutput output) {
		this.shared
			.withBean("lambda", BaseThrottle.class,
					() -> (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant"))))
			.run((context) -> assertThat(output).contains(REPORT + "lambda (X-Tenant)").contains(WARNING));
	}

	@Test
	void throttleThatIsNoRateIsNotNamed(CapturedOutput output) {
		this.byTenant
			.withBean("byHeader", BaseThrottle.class,
					() -> (request) -> (request.header("X-Closed") != null) ? Verdict.deny() : Verdict.allow())
			.run((context) -> assertThat(output).contains(REPORT + "perTenant (X-Tenant)").doesNotContain("X-Closed"));
	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	static class KnownTenantThrottle extends TenantThrottle {

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return "acme".equals(request.header("X-Tenant")) ? Client.of("tenant", "acme") : null;
		}

	}

	static class NativeThrottle extends TenantThrottle {

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.nativeRequest(HttpServletRequest.class).getHeader("X-Tenant"));
		}

	}

	@RestController
	static class ArticleController {

		@GetMapping("/articles")
		String articles() {
			return "articles";
		}

	}

}
