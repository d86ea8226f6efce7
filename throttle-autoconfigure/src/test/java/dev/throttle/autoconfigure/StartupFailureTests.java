package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.AnonRateThrottle;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.SecretIdents;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a limit that would have no effect keeps the application from starting, and
 * for what its user is told then.
 */
class StartupFailureTests {

	private static final String PACKAGE = StartupFailureTests.class.getName() + "$";

	private final WebApplicationContextRunner runner = WebApplications.small();

	@Test
	void scopeOfHandlerWithoutRate() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class)
			.withBean(AnonRateThrottle.class)
			.withPropertyValues("throttle.rates.anon=1/s", "throttle.rates.upload=20/day"));
		assertThat(failure.getDescription()).isEqualTo("@Throttle on " + PACKAGE
				+ "UploadController#upload() declares the scope 'uploads', but there is no rate for it (did you mean 'upload'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property 'throttle.rates.uploads', for example to '100/hour', or declare a scope that has a rate: 'upload'.");
	}

	@Test
	void scopeOfHandlerWithoutAnyRate() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class));
		assertThat(failure.getDescription()).endsWith("declares the scope 'uploads', but there is no rate for it.");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property 'throttle.rates.uploads', for example to '100/hour', or declare a rate in the annotation.");
	}

	@Test
	void shadowScopeWithoutRate() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class)
			.withPropertyValues("throttle.rates.uploads=20/day", "throttle.scopes.uplods.shadow=true"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.scopes.uplods.shadow' is set, but the scope 'uplods' has no rate (did you mean 'uploads'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Use a scope that has a rate: 'uploads', or set 'throttle.rates.uplods', or remove the property.");
	}

	@Test
	void shadowScopeThatCannotBeOne() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.scopes[up loads].shadow=true"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.scopes[up loads].shadow' names 'up loads', which is not a valid scope.");
	}

	@Test
	void shadowRateWithoutOneBesideIt() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class)
			.withPropertyValues("throttle.rates.uploads=20/day", "throttle.scopes.downloads.shadow-rate=5/day"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.scopes.downloads.shadow-rate' is set, but the scope 'downloads' has no rate.");
		assertThat(failure.getAction()).isEqualTo(
				"Use a scope that has a rate: 'uploads', or set 'throttle.rates.downloads', or remove the property.");
	}

	@Test
	void shadowRateThatIsNone() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class)
			.withPropertyValues("throttle.rates.uploads=20/day", "throttle.scopes.uploads.shadow-rate=5/month"));
		assertThat(failure.getDescription()).startsWith(
				"The property 'throttle.scopes.uploads.shadow-rate' is '5/month', which is not a rate. At column 3: ");
	}

	@Test
	void shadowRateBesideOneThatIsOnlyTried() {
		FailureAnalysis failure = failure(this.runner.withBean(UploadController.class)
			.withPropertyValues("throttle.rates.uploads=20/day", "throttle.scopes.uploads.shadow=true",
					"throttle.scopes.uploads.shadow-rate=5/day"));
		assertThat(failure.getDescription()).isEqualTo(
				"Both 'throttle.scopes.uploads.shadow' and 'throttle.scopes.uploads.shadow-rate' are set, but a scope whose rate is not enforced cannot have a second shadow rate.");
		assertThat(failure.getAction()).isEqualTo(
				"Remove 'throttle.scopes.uploads.shadow' to enforce the rate of the scope, or remove 'throttle.scopes.uploads.shadow-rate'.");
	}

	@Test
	void shadowRatesOfThrottlesAndHandlersWithRatesOfTheirOwnAreUsed() {
		this.runner.withBean(ReportController.class)
			.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("burst", "5/s"))
			.withPropertyValues("throttle.scopes.burst.shadow=true", "throttle.scopes.reports.shadow-rate=1/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void scopeOfThrottleWithoutRate() {
		FailureAnalysis failure = failure(this.runner.withBean("tenantThrottle", TenantThrottle.class)
			.withPropertyValues("throttle.rates.tennant=1/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'tenantThrottle' has the scope 'tenant', but there is no rate for it; there is a rate 'throttle.rates.tennant', which nothing uses.");
		assertThat(failure.getAction())
			.isEqualTo("Rename it to 'throttle.rates.tenant', or give the throttle its scope.");
	}

	@Test
	void scopeOfThrottleWithoutRateAndLikeOneThatIsUsed() {
		FailureAnalysis failure = failure(this.runner.withBean("tenantThrottle", TenantThrottle.class)
			.withBean(ScopePlaceholderController.class)
			.withPropertyValues("throttle.rates.tenants=1/s", "declared.scope=tenants"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'tenantThrottle' has the scope 'tenant', but there is no rate for it (did you mean 'tenants'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property 'throttle.rates.tenant', for example to '100/hour', give the throttle a rate in the code, as in super(\"tenant\", \"100/hour\"), or remove the throttle.");
	}

	@Test
	void rateThatNothingUses() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.annon=100/hour"));
		assertThat(failure.getDescription()).isEqualTo(
				"The rate 'throttle.rates.annon' is not used by any throttle or handler (did you mean 'anon'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Correct the scope, add @Throttle(scope = \"annon\") to a handler, return the scope from the scopes() method of the throttle that uses it, set 'throttle.scopes.annon.in-code' to 'true' if code counts under it, or remove the rate.");
	}

	@Test
	void rateThatNothingUsesAndThatIsLikeTheScopeOfAHandler() {
		FailureAnalysis failure = failure(
				this.runner.withBean(OwnRateController.class).withPropertyValues("throttle.rates.upload=20/day"));
		assertThat(failure.getDescription()).isEqualTo(
				"The rate 'throttle.rates.upload' is not used by any throttle or handler (did you mean 'uploads'?).");
	}

	@Test
	void rateThatNothingUsesAndThatIsLikeNoOther() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.something-else=100/hour"));
		assertThat(failure.getDescription())
			.isEqualTo("The rate 'throttle.rates.something-else' is not used by any throttle or handler.");
	}

	@Test
	void rateOfThrottleThatAppliesNowhere() {
		FailureAnalysis failure = failure(this.runner.withBean("tenantThrottle", TenantThrottle.class)
			.withPropertyValues("throttle.rates.tenant=1/s", "throttle.rates.anon=1/s",
					"throttle.defaults=anonRateThrottle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The rate 'throttle.rates.tenant' belongs to the throttle 'tenantThrottle', which applies to no handler.");
		assertThat(failure.getAction()).isEqualTo(
				"Add 'tenantThrottle' to 'throttle.defaults', add @Throttle(use = ...) with its class to a handler, or remove the rate.");
	}

	@Test
	void rateOfThrottleThatOneHandlerUsesIsUsed() {
		this.runner.withBean("tenantThrottle", TenantThrottle.class)
			.withBean(TenantController.class)
			.withPropertyValues("throttle.rates.tenant=1/s", "throttle.rates.anon=1/s",
					"throttle.defaults=anonRateThrottle")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void propertyThatIsNoRate() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.anon=100/fortnight"));
		assertThat(failure.getDescription()).startsWith(
				"The property 'throttle.rates.anon' is '100/fortnight', which is not a rate. At column 5: unknown period 'fortnight'")
			.endsWith("for a fortnight write '100/14d'.");
		assertThat(failure.getAction()).isEqualTo("Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "anon", "user" })
	void scopeThatADefaultThrottleCountsToo(String scope) {
		FailureAnalysis failure = failure(this.runner.withBean(ScopePlaceholderController.class)
			.withPropertyValues("throttle.rates." + scope + "=5/min", "declared.scope=" + scope));
		assertThat(failure.getDescription()).isEqualTo(
				"@Throttle on " + PACKAGE + "ScopePlaceholderController#get() declares the scope of the throttle '"
						+ scope + "RateThrottle', which applies anyway, so each request would be counted twice.");
		assertThat(failure.getAction())
			.isEqualTo("Remove the scope, because the throttle already counts it, or give the handler another scope.");
	}

	@Test
	void listOfRates() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.anon[0]=60/min", "throttle.rates.anon[1]=1000/day"));
		assertThat(failure.getDescription()).isEqualTo("The property 'throttle.rates.anon' is a list.");
		assertThat(failure.getAction())
			.isEqualTo("Write the rates of a scope as one comma-separated value, such as '60/min, 1000/day'.");
	}

	@Test
	void rateOfHandlerThatIsNone() {
		FailureAnalysis failure = failure(this.runner.withBean(BadRateController.class));
		assertThat(failure.getDescription()).startsWith("@Throttle on " + PACKAGE
				+ "BadRateController#get() declares the rate '5/x', which is not a rate. At column 3: unknown period 'x'; known periods are ");
		assertThat(failure.getAction()).isEqualTo("Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
	}

	@Test
	void placeholderWhoseValueIsNoRate() {
		FailureAnalysis failure = failure(
				this.runner.withBean(PlaceholderController.class).withPropertyValues("uploads.rate=many"));
		assertThat(failure.getDescription()).startsWith("@Throttle on " + PACKAGE
				+ "PlaceholderController#get() declares the rate 'many', which is not a rate. At column 1: expected a whole number of requests");
	}

	@Test
	void placeholderThatCannotBeResolved() {
		FailureAnalysis failure = failure(this.runner.withBean(PlaceholderController.class));
		assertThat(failure.getDescription())
			.startsWith("@Throttle on " + PACKAGE
					+ "PlaceholderController#get() has a placeholder that cannot be resolved: ")
			.contains("Could not resolve placeholder 'uploads.rate' in value \"${uploads.rate}\"");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property that the placeholder names, or add a default after a colon, as in '${uploads.rate:20/day}'.");
	}

	@Test
	void placeholderInPropertyThatCannotBeResolved() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates.anon=${missing}"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.rates.anon' has a placeholder that cannot be resolved: '${missing}'.");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property that the placeholder names, or add a default after a colon, as in '${uploads.rate:20/day}'.");
	}

	@Test
	void rateOfThrottleBeanThatIsNone() {
		FailureAnalysis failure = failure(
				this.runner.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("burst", "10/x")));
		assertThat(failure.getDescription())
			.startsWith("The bean 'burst' has the rate '10/x', which is not a rate. At column 4: unknown period 'x'");
		assertThat(failure.getAction()).isEqualTo("Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.");
	}

	@Test
	void throttleClassWithoutBean() {
		FailureAnalysis failure = failure(
				this.runner.withBean(TenantController.class).withPropertyValues("throttle.rates.anon=1/s"));
		assertThat(failure.getDescription()).isEqualTo("@Throttle on " + PACKAGE + "TenantController#get() uses "
				+ PACKAGE + "TenantThrottle, but there is no throttle bean of that class.");
		assertThat(failure.getAction()).isEqualTo(
				"Declare one, for example with @Component on the class (and @Import it into a test with @WebMvcTest or @WebFluxTest), or use the class of one of the throttle beans 'anonRateThrottle', 'scopedRateThrottle'.");
	}

	@Test
	void defaultThatIsUnknown() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.anon=1/s", "throttle.defaults=anonRateThrotle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.defaults' names 'anonRateThrotle', but there is no throttle bean of that name (did you mean 'anonRateThrottle'?).");
		assertThat(failure.getAction()).isEqualTo("Use some of 'anonRateThrottle', 'scopedRateThrottle'.");
	}

	@Test
	void defaultWhoseRateIsMissing() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.defaults=userRateThrottle"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.defaults' names 'userRateThrottle', but there is no throttle bean of that name: that bean exists only if 'throttle.rates.user' is set.");
		assertThat(failure.getAction()).isEqualTo("Set 'throttle.rates.user', or use some of 'scopedRateThrottle'.");
	}

	@Test
	void unknownBackend() {
		FailureAnalysis failure = failure(this.runner.withBean("tenantThrottle", RedisTenantThrottle.class)
			.withPropertyValues("throttle.rates.tenant=1/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'tenantThrottle' names the backend 'redis', but there is no CacheBackend bean of that name.");
		assertThat(failure.getAction()).isEqualTo("Use one of 'cacheBackend', or declare the bean 'redis'.");
	}

	@Test
	void unusedBackend() {
		FailureAnalysis failure = failure(
				this.runner.withBean("memory", CacheBackend.class, () -> MemoryCacheBackend.builder().build()));
		assertThat(failure.getDescription()).isEqualTo("The CacheBackend bean 'memory' is not used by any throttle.");
		assertThat(failure.getAction()).isEqualTo(
				"Rename it to 'cacheBackend' so that it counts for all throttles, or return its name from the backend() method of a throttle.");
	}

	@Test
	void rateOfPropertyAndOfHandler() {
		FailureAnalysis failure = failure(
				this.runner.withBean(OwnRateController.class).withPropertyValues("throttle.rates.uploads=1/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The scope 'uploads' has two rates: the property 'throttle.rates.uploads' says '1/s', @Throttle on "
						+ PACKAGE + "OwnRateController#get() says '5/min'.");
		assertThat(failure.getAction())
			.isEqualTo("Remove the rate of the annotation, or the property, or give one of them another scope.");
	}

	@Test
	void rateOfPropertyAndOfThrottle() {
		FailureAnalysis failure = failure(
				this.runner.withBean("burst", UserRateThrottle.class, () -> new UserRateThrottle("anon", "10/s"))
					.withPropertyValues("throttle.rates.anon=1/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The scope 'anon' has two rates: the property 'throttle.rates.anon' says '1/s', the throttle 'burst' says '10/s'.");
	}

	@Test
	void policiesOfTwoProperties() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.user=1/s, 5/min", "throttle.rates.user-min=9/min"));
		assertThat(failure.getDescription()).contains("the property 'throttle.rates.user' says 5/min")
			.contains("the property 'throttle.rates.user-min' says 9/min");
	}

	@Test
	void equalPoliciesOfTwoScopes() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.user=1/s, 5/min", "throttle.rates.user-min=5/min"));
		assertThat(failure.getDescription()).contains("the property 'throttle.rates.user' says 5/min")
			.contains("the property 'throttle.rates.user-min' says 5/min");
	}

	@Test
	void samePolicyOfTwoHandlersIsShared() {
		this.runner.withBean(OwnRateController.class)
			.withBean(SameOwnRateController.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void twoSpellingsOfOneScope() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.rates.api_key=1/s", "throttle.rates.api-key=2/s"));
		assertThat(failure.getDescription()).isEqualTo(
				"The properties 'throttle.rates.api_key' and 'throttle.rates.api-key' are two spellings of one scope.");
		assertThat(failure.getAction()).isEqualTo("Remove one of them.");
	}

	@Test
	void throttleThatDeclaresNothing() {
		FailureAnalysis failure = failure(this.runner.withBean(EmptyController.class));
		assertThat(failure.getDescription())
			.isEqualTo("@Throttle on " + PACKAGE + "EmptyController#get() has no attributes, so it has no effect.");
		assertThat(failure.getAction()).isEqualTo(
				"Add 'scope', 'rate', 'use' or 'also', or remove the annotation: the default throttles apply without it.");
	}

	@Test
	void throttledAndUnthrottled() {
		FailureAnalysis failure = failure(this.runner.withBean(ContradictoryController.class));
		assertThat(failure.getDescription())
			.isEqualTo("Both @Throttle and @Unthrottled are declared on " + PACKAGE + "ContradictoryController.");
		assertThat(failure.getAction()).isEqualTo("Remove one of them.");
	}

	@Test
	void sameScopeTwiceOnOneHandler() {
		FailureAnalysis failure = failure(
				this.runner.withBean(TwiceController.class).withPropertyValues("throttle.rates.uploads=1/s"));
		assertThat(failure.getDescription()).isEqualTo("Two @Throttle on " + PACKAGE
				+ "TwiceController#get() have the same scope, so each request would be counted twice.");
		assertThat(failure.getAction())
			.isEqualTo("Give each its own scope, or combine their rates in one annotation, as in '10/min, 100/day'.");
	}

	@Test
	void scopedThrottleWithoutScope() {
		FailureAnalysis failure = failure(this.runner.withBean(ScopelessController.class));
		assertThat(failure.getDescription()).isEqualTo("@Throttle on " + PACKAGE
				+ "ScopelessController#get() uses ScopedRateThrottle but declares no scope, so it would count nothing.");
		assertThat(failure.getAction())
			.isEqualTo("Add a scope or a rate, as in @Throttle(scope = \"uploads\", use = ScopedRateThrottle.class).");
	}

	@Test
	void derivedScopesOfOverloads() {
		FailureAnalysis failure = failure(this.runner.withBean(OverloadController.class));
		assertThat(failure.getDescription()).contains("@Throttle on " + PACKAGE + "OverloadController#get()")
			.contains("@Throttle on " + PACKAGE + "OverloadController#get(String)")
			.endsWith(" declare a rate without a scope, and both would get the scope 'OverloadController.get'.");
		assertThat(failure.getAction()).isEqualTo("Add a scope to one of them.");
	}

	@Test
	void derivedScopesOfClassesWithOneSimpleName() {
		FailureAnalysis failure = failure(
				this.runner.withBean("v1", V1.PriceController.class).withBean("v2", V2.PriceController.class));
		assertThat(failure.getDescription()).contains(PACKAGE + "V1$PriceController#get()")
			.contains(PACKAGE + "V2$PriceController#get()")
			.endsWith("both would get the scope 'PriceController.get'.");
	}

	@Test
	void beanOfTheNameOfTheBackendThatIsNone() {
		FailureAnalysis failure = failure(this.runner.withBean("cacheBackend", StringBuilder.class));
		assertThat(failure.getDescription())
			.isEqualTo("The bean 'cacheBackend' is a java.lang.StringBuilder, but it must be a CacheBackend.");
		assertThat(failure.getAction()).isEqualTo("Give that bean another name, or set 'throttle.enabled' to 'false'.");
	}

	@Test
	void secretIdentsInSharedBackendWithoutHashSecret() {
		WebApplicationContextRunner shared = this.runner.withBean("cacheBackend", SharedBackend.class)
			.withBean("apiKeyThrottle", ApiKeyThrottle.class)
			.withPropertyValues("throttle.rates.api-key=1/s");
		FailureAnalysis failure = failure(shared);
		assertThat(failure.getDescription()).isEqualTo(
				"The throttle 'apiKeyThrottle' counts secrets in a shared backend, but there is no key to hash them with.");
		assertThat(failure.getAction()).isEqualTo(
				"Set the property 'throttle.client.hash-secret', or the environment variable THROTTLE_CLIENT_HASHSECRET, to a long random value, the same in every instance of the application.");
		failure(shared.withPropertyValues("throttle.client.hash-secret= "));
		shared.withPropertyValues("throttle.client.hash-secret=s3cr3t")
			.run((context) -> assertThat(context).hasNotFailed());
		shared.withBean(SecretIdents.class, () -> SecretIdents.withKey("from a vault"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void secretIdentsInBackendOfThisProcessNeedNoHashSecret() {
		this.runner.withBean("apiKeyThrottle", ApiKeyThrottle.class)
			.withPropertyValues("throttle.rates.api-key=1/s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void numProxiesAndTrustedProxies() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.client.num-proxies=1",
				"throttle.client.trusted-proxies=10.0.0.0/8"));
		assertThat(failure.getDescription()).isEqualTo(
				"Both 'throttle.client.num-proxies' and 'throttle.client.trusted-proxies' are set, but only one of them can be used.");
		assertThat(failure.getAction()).isEqualTo(
				"Remove 'throttle.client.num-proxies' if you know the addresses of the proxies. Otherwise, remove 'throttle.client.trusted-proxies'.");
	}

	@Test
	void addressHeaderWithoutTrustedProxies() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.client.num-proxies=1",
				"throttle.client.address-header=CF-Connecting-IP"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.client.address-header' is set, but without 'throttle.client.trusted-proxies' anybody could send that header.");
		assertThat(failure.getAction())
			.isEqualTo("Set 'throttle.client.trusted-proxies' to the networks of the proxies that send it.");
	}

	@Test
	void negativeNumProxies() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.client.num-proxies=-1"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.client.num-proxies' is -1, but it must be at least 0.");
		assertThat(failure.getAction()).isEqualTo(
				"Set it to the number of proxies in front of the application, or remove the property if there are none.");
	}

	@Test
	void badNetwork() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.client.trusted-proxies=10.0.0.0/8,10.0.0.0/33"));
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.client.trusted-proxies' is not valid. Invalid network '10.0.0.0/33': ");
		assertThat(failure.getAction()).isEqualTo(
				"Set it to networks such as '10.0.0.0/8' and addresses such as '10.0.0.1', separated by commas.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0/0", "::/0" })
	void networkOfProxiesInWhichClientsAre(String network) {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.client.trusted-proxies=10.0.0.1," + network));
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.client.trusted-proxies' is not valid. Invalid network '" + network
					+ "': it is so wide that it contains clients, who could then forge their address;");
	}

	@Test
	void ipv6PrefixOutOfRange() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.client.ipv6-prefix=129"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.client.ipv6-prefix' is 129, but it must be from 1 to 128.");
		assertThat(failure.getAction())
			.isEqualTo("Set it to 64 to count each network as one client, or to 128 to count each address.");
		failure(this.runner.withPropertyValues("throttle.client.ipv6-prefix=0"));
	}

	@Test
	void noRoomForClients() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.memory.max-clients=0"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.memory.max-clients' is 0, but it must be at least 1.");
		assertThat(failure.getAction()).isEqualTo("Set it to 1 or more, or remove the property.");
	}

	@Test
	void noRoomForEntries() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.memory.max-entries=-3"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.memory.max-entries' is -3, but it must be at least 1.");
	}

	@Test
	void badPathPattern() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.exclude-paths=/health,/a/{b"));
		assertThat(failure.getDescription()).startsWith(
				"The property 'throttle.exclude-paths' contains '/a/{b', which is not a path pattern. At column 6: ");
		assertThat(failure.getAction()).isEqualTo("Use a path pattern such as '/api/**'.");
		assertThat(failure(this.runner.withPropertyValues("throttle.include-paths=/**/a/**/b")).getDescription())
			.startsWith("The property 'throttle.include-paths' contains '/**/a/**/b'");
	}

	@Test
	void badScopeOfProperty() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.rates[api key]=1/s"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.rates.api key' names 'api key', which is not a valid scope.");
		assertThat(failure.getAction()).isEqualTo("Use letters and digits, separated by '-', '_' or '.'.");
	}

	@Test
	void badScopeOfHandler() {
		FailureAnalysis failure = failure(this.runner.withBean(BadScopeController.class));
		assertThat(failure.getDescription()).isEqualTo(
				"@Throttle on " + PACKAGE + "BadScopeController#get() declares 'api key', which is not a valid scope.");
		assertThat(failure.getAction()).isEqualTo("Use letters and digits, separated by '-', '_' or '.'.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			throttle.headers=foo | 'foo', which is not a valid value. | 'none', 'x-ratelimit', 'draft-11', 'both'
			throttle.headers=draft | (did you mean 'draft-11'?). | 'none', 'x-ratelimit', 'draft-11', 'both'
			throttle.backend=reddis | (did you mean 'redis'?). | 'memory', 'redis', 'jdbc'
			throttle.on-failure=open | 'open', which is not a valid value. | 'local', 'allow', 'deny'
			throttle.scopes.anon.on-failure=alow | (did you mean 'allow'?). | 'local', 'allow', 'deny'
			throttle.scopes.anon.headers=none | 'none', which is not a valid value. | 'true', 'false'
			throttle.accounting=all | (did you mean 'all-or-nothing'?). | 'all-or-nothing', 'independent'
			""", quoteCharacter = '"')
	void unknownValueOfEnum(String property, String said, String values) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues(property));
		assertThat(failure.getDescription()).startsWith("The property '" + property.substring(0, property.indexOf('=')))
			.contains(said)
			.contains(" It is set in ")
			.doesNotContain("enum");
		assertThat(failure.getAction()).isEqualTo("Use one of " + values + ".");
	}

	@Test
	void valueOfAnotherTypeIsLeftToSpringBoot() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.client.ipv6-prefix=many"));
		assertThat(failure.getDescription())
			.startsWith("Failed to bind properties under 'throttle.client.ipv6-prefix'");
	}

	@ParameterizedTest
	@CsvSource({ "throttle.rate.uploads, throttle.rates.uploads", "throttle.header, throttle.headers",
			"throttle.client.num-proxy, throttle.client.num-proxies",
			"throttle.include-path[0], throttle.include-paths[0]", "throttle.num-proxies, throttle.client.num-proxies",
			"throttle.scopes.up.on-failures, throttle.scopes.up.on-failure",
			"throttle.scope.up.rate, throttle.scopes.up.rate", "throttle.accounting.uploads, throttle.accounting",
			"throttle.client.ipv6-prefix.uploads, throttle.client.ipv6-prefix" })
	void unknownProperty(String written, String meant) {
		FailureAnalysis failure = failure(this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("application.yml", Map.of(written, "1")))));
		assertThat(failure.getDescription()).isEqualTo("Unknown property '" + written + "' (did you mean '" + meant
				+ "'?). It is set in \"" + written + "\" from property source \"application.yml\".");
		assertThat(failure.getAction()).isEqualTo("Write '" + meant + "' instead, or remove it.");
	}

	@Test
	void unknownPropertiesThatAreLikeNoOther() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("throttle.limits.user=1/min", "throttle.limits.anon=2/min"));
		assertThat(failure.getDescription()).contains("Unknown property 'throttle.limits.user'. ")
			.contains("Unknown property 'throttle.limits.anon'. ");
		assertThat(failure.getAction()).startsWith("Correct the names, or remove the properties. The properties are ")
			.contains("'throttle.client.num-proxies', ", "'throttle.rates.<scope>', ",
					"'throttle.scopes.<scope>.on-failure', ");
	}

	@Test
	void unknownPropertyOfAnotherIsLeftToSpringBoot() {
		Throwable unbound = new UnboundConfigurationPropertiesException(
				Set.of(new ConfigurationProperty(ConfigurationPropertyName.of("throttles.rate"), "1", null)));
		assertThat(new UnknownThrottlePropertyFailureAnalyzer().analyze(unbound)).isNull();
	}

	@Test
	void lazyInitializationDoesNotPutTheCheckOff() {
		failure(this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withPropertyValues("throttle.rates.annon=1/s"));
	}

	@Test
	void environmentVariableOverridesOtherSpellingInFile() {
		this.runner.withBean(ApiKeyController.class).withInitializer((context) -> {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("THROTTLE_RATES_API_KEY", "7/min")));
			context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("application.yml", Map.of("throttle.rates.api_key", "1/s")));
		})
			.run((context) -> assertThat(
					context.getBean(dev.throttle.engine.RateRegistry.class).rates().policies(Scope.of("api-key")))
				.extracting((policy) -> policy.rate().toString())
				.containsExactly("7/min"));
	}

	@RestController
	static class UploadController {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String upload() {
			return "";
		}

	}

	@RestController
	static class TenantController {

		@GetMapping("/tenant")
		@Throttle(use = TenantThrottle.class)
		String get() {
			return "";
		}

	}

	@RestController
	static class ScopePlaceholderController {

		@GetMapping("/")
		@Throttle(scope = "${declared.scope}")
		void get() {
		}

	}

	@RestController
	static class BadRateController {

		@GetMapping("/")
		@Throttle(rate = "5/x")
		String get() {
			return "";
		}

	}

	@RestController
	static class PlaceholderController {

		@GetMapping("/")
		@Throttle(rate = "${uploads.rate}")
		String get() {
			return "";
		}

	}

	@RestController
	static class OwnRateController {

		@GetMapping("/own")
		@Throttle(scope = "uploads", rate = "5/min")
		String get() {
			return "";
		}

	}

	@RestController
	static class SameOwnRateController {

		@GetMapping("/same")
		@Throttle(scope = "uploads", rate = "5/1min")
		String get() {
			return "";
		}

	}

	@RestController
	static class EmptyController {

		@GetMapping("/")
		@Throttle
		String get() {
			return "";
		}

	}

	@Controller
	@Unthrottled
	@Throttle(rate = "1/s")
	static class ContradictoryController {

		@GetMapping("/")
		String get() {
			return "";
		}

	}

	@RestController
	static class TwiceController {

		@GetMapping("/")
		@Throttle(scope = "uploads")
		@Throttle(scope = "Up_loads", rate = "5/day")
		String get() {
			return "";
		}

	}

	@RestController
	static class ScopelessController {

		@GetMapping("/")
		@Throttle(use = ScopedRateThrottle.class)
		String get() {
			return "";
		}

	}

	@RestController
	static class OverloadController {

		@GetMapping("/")
		@Throttle(rate = "1/s")
		String get() {
			return "";
		}

		@GetMapping("/by-name")
		@Throttle(rate = "2/s")
		String get(String name) {
			return name;
		}

	}

	static class V1 {

		@RestController
		static class PriceController {

			@GetMapping("/v1")
			@Throttle(rate = "1/s")
			String get() {
				return "";
			}

		}

	}

	static class V2 {

		@RestController
		static class PriceController {

			@GetMapping("/v2")
			@Throttle(rate = "1/s")
			String get() {
				return "";
			}

		}

	}

	@RestController
	static class BadScopeController {

		@GetMapping("/")
		@Throttle(scope = "api key")
		String get() {
			return "";
		}

	}

	@RestController
	static class ApiKeyController {

		@GetMapping("/")
		@Throttle(scope = "api-key")
		String get() {
			return "";
		}

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

	static class RedisTenantThrottle extends TenantThrottle {

		@Override
		public String backend() {
			return "redis";
		}

	}

	static class ApiKeyThrottle extends SimpleRateThrottle {

		ApiKeyThrottle() {
			super("api-key");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.secret("api-key", request.header("X-Api-Key"));
		}

	}

	static class SharedBackend implements CacheBackend {

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return groups.stream().flatMap((group) -> peek(group).stream()).toList();
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return group.quotas()
				.stream()
				.flatMap((quota) -> quota.policies().stream())
				.map((policy) -> new Outcome(true, policy.rate().limit(), 0, 0, null))
				.toList();
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
		}

		@Override
		public boolean isShared() {
			return true;
		}

	}

	@RestController
	static class ReportController {

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "2/30s")
		String reports() {
			return "reports";
		}

	}

}
