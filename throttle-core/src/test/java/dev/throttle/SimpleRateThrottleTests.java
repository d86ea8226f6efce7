package dev.throttle;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SimpleRateThrottle} and what subclasses make of it.
 */
class SimpleRateThrottleTests {

	private final StubRequest request = new StubRequest().withHeader("X-Tenant", "acme").withRate("tenant", "10/s");

	@Test
	void requestIsCountedByTheIdentOfTheSubclassUnderItsScope() {
		assertThat(new TenantThrottle().check(this.request))
			.isEqualTo(Verdict.ask(new Quota(Client.of("tenant", "acme"), Policy.of("tenant", Rate.parse("10/s")))));
	}

	@Test
	void throttleWithoutAnIdentDoesNotApply() {
		assertThat(new TenantThrottle().check(new StubRequest().withRate("tenant", "10/s"))).isEqualTo(Verdict.allow());
	}

	@Test
	void scopeWithoutARateHasNoLimit() {
		assertThat(new TenantThrottle().check(new StubRequest().withHeader("X-Tenant", "acme")))
			.isEqualTo(Verdict.allow());
	}

	@Test
	void rateOfTheScopeIsTheOneOfTheRequest() {
		TenantThrottle throttle = new TenantThrottle();
		throttle.check(this.request);
		assertThat(throttle.check(this.request.withRate("TENANT", "99/day")))
			.isEqualTo(Verdict.ask(new Quota(Client.of("tenant", "acme"), Policy.of("tenant", Rate.parse("99/day")))));
	}

	@Test
	void ownRateNeedsNoneOfTheScope() {
		SimpleRateThrottle throttle = new TenantThrottle("api_tenant", "5/30s, 100/15min");
		assertThat(throttle.scope()).isEqualTo("api_tenant");
		assertThat(throttle.scopes()).isEmpty();
		assertThat(throttle.ownPolicies()).isEqualTo(Policy.ofScope("api_tenant", Rate.parseAll("5/30s, 100/15min")));
		assertThat(throttle.check(this.request.withRate("api_tenant", "1/day"))).isEqualTo(Verdict
			.ask(List.of(new Quota(Client.of("apitenant", "acme"), Policy.of("api_tenant", Rate.parse("5/30s"))),
					new Quota(Client.of("apitenant", "acme"),
							Policy.ofScope("api_tenant", Rate.parseAll("1/s, 100/15min")).get(1)))));
	}

	@Test
	void identsOfTwoScopesDoNotMeet() {
		SimpleRateThrottle other = new TenantThrottle("customer", "10/s");
		assertThat(quotas(other).get(0).client()).isNotEqualTo(quotas(new TenantThrottle()).get(0).client());
	}

	@Test
	void kindCanBeShared() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected String kind(ThrottleRequest request) {
				return Client.USER;
			}

		};
		assertThat(quotas(throttle)).extracting(Quota::client).containsExactly(Client.user("acme"));
	}

	@Test
	void wholeClientCanBeChosen() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected Client client(ThrottleRequest request) {
				return Client.of("tenant-and-path", "acme", request.path(), request.method());
			}

		};
		this.request.withPath("/a|b").withMethod("POST");
		assertThat(quotas(throttle)).extracting(Quota::client)
			.containsExactly(Client.of("tenant-and-path", "acme", "/a|b", "POST"));
	}

	@Test
	void throttleWithoutAClientDoesNotApply() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected @Nullable Client client(ThrottleRequest request) {
				return null;
			}

		};
		assertThat(throttle.check(this.request)).isEqualTo(Verdict.allow());
	}

	@Test
	void costIsThatOfTheRequest() {
		SimpleRateThrottle throttle = new TenantThrottle("tenant", "10/s, 90/min") {

			@Override
			protected long cost(ThrottleRequest request) {
				return "POST".equals(request.method()) ? 5 : 1;
			}

		};
		assertThat(quotas(throttle)).extracting(Quota::cost).containsExactly(1L, 1L);
		this.request.withMethod("POST");
		assertThat(quotas(throttle)).extracting(Quota::cost).containsExactly(5L, 5L);
	}

	@Test
	void costThatIsNotPositiveIsAnError() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected long cost(ThrottleRequest request) {
				return 0;
			}

		};
		assertThatIllegalArgumentException().isThrownBy(() -> throttle.check(this.request))
			.withMessage("the cost must be a positive whole number but is 0");
	}

	@Test
	void policiesCanBeChosenByRequest() {
		Policy gold = Policy.of("gold", Rate.parse("1000/s"));
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected List<Policy> policies(ThrottleRequest request) {
				return "acme".equals(request.header("x-tenant")) ? List.of(gold) : super.policies(request);
			}

		};
		assertThat(quotas(throttle)).extracting(Quota::policy).containsExactly(gold);
		this.request.withHeader("X-Tenant", "other");
		assertThat(quotas(throttle)).extracting(Quota::policy).containsExactly(Policy.of("tenant", Rate.parse("10/s")));
	}

	@Test
	void identsAreNoSecretsAndTheBackendIsTheDefaultUnlessDeclared() {
		assertThat(new TenantThrottle().backend()).isNull();
		assertThat(new TenantThrottle().secretIdents()).isFalse();
		assertThat(quotas(new TenantThrottle())).noneMatch((quota) -> quota.client().secret());
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			public String backend() {
				return "redis";
			}

		};
		assertThat(throttle.backend()).isEqualTo("redis");
	}

	@Test
	void secretIdentMakesASecretClient() {
		SimpleRateThrottle throttle = new SecretThrottle();
		assertThat(quotas(throttle)).extracting(Quota::client).containsExactly(Client.of("tenant", "acme").asSecret());
	}

	@Test
	void secretIdentMakesASecretClientAlsoWhereTheWholeClientIsChosen() {
		SimpleRateThrottle throttle = new SecretThrottle() {

			@Override
			protected Client client(ThrottleRequest request) {
				return Client.of("key-and-path", "k-123", request.path());
			}

		};
		assertThat(quotas(throttle)).extracting(Quota::client)
			.containsExactly(Client.of("key-and-path", "k-123", "/").asSecret());
	}

	@Test
	void scopeAndRateThatAreNoneAreErrors() {
		assertThatIllegalArgumentException().isThrownBy(() -> new TenantThrottle("ten ant", "1/s"))
			.withMessageContaining("Invalid scope 'ten ant'");
		assertThatExceptionOfType(InvalidRateException.class)
			.isThrownBy(() -> new TenantThrottle("tenant", "10/month"));
	}

	@Test
	void throttleOfOneMethodLooksUpNothing() {
		BaseThrottle throttle = (request) -> Verdict.deny();
		assertThat(throttle.scopes()).isEmpty();
		assertThat(throttle.ownPolicies()).isEmpty();
		assertThat(throttle.backend()).isNull();
		assertThat(throttle.secretIdents()).isFalse();
		assertThat(throttle.check(this.request)).isEqualTo(Verdict.deny());
	}

	private List<Quota> quotas(SimpleRateThrottle throttle) {
		return ((Verdict.Ask) throttle.check(this.request)).quotas();
	}

	private static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		TenantThrottle(String scope, String rates) {
			super(scope, rates);
		}

		@Override
		protected @Nullable String ident(ThrottleRequest request) {
			return request.header("X-Tenant");
		}

	}

	private static class SecretThrottle extends TenantThrottle {

		@Override
		public boolean secretIdents() {
			return true;
		}

	}

}
