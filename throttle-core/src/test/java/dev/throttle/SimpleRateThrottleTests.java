package dev.throttle;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.test.MockThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SimpleRateThrottle} and what subclasses make of it.
 */
class SimpleRateThrottleTests {

	private MockThrottleRequest request = new MockThrottleRequest().withHeader("X-Tenant", "acme");

	@Test
	void clientOfTheSubclassIsCountedUnderItsScope() {
		assertThat(new TenantThrottle().check(this.request))
			.isEqualTo(Verdict.count("tenant", Client.of("tenant", "acme")));
	}

	@Test
	void throttleWithoutAClientDoesNotApply() {
		assertThat(new TenantThrottle().check(new MockThrottleRequest())).isEqualTo(Verdict.allow());
	}

	@Test
	void rateInCodeIsTheRateOfTheScope() {
		SimpleRateThrottle throttle = new TenantThrottle("api_tenant", "5/30s, 100/15min");
		assertThat(throttle.scopes()).containsExactly(Scope.of("api_tenant"));
		assertThat(throttle.ownRates()).isEqualTo(Map.of(Scope.of("api_tenant"), Rate.parseAll("5/30s, 100/15min")));
		assertThat(throttle.check(this.request)).isEqualTo(Verdict.count("api_tenant", Client.of("tenant", "acme")));
	}

	@Test
	void configuredRateIsNoOwnOne() {
		assertThat(new TenantThrottle().scopes()).containsExactly(Scope.of("tenant"));
		assertThat(new TenantThrottle().ownRates()).isEmpty();
	}

	@Test
	void clientMayBeMadeOfSeveralParts() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected @Nullable Client client(ThrottleRequest request) {
				return Client.of("tenant-and-path", "acme", request.path(), request.method());
			}

		};
		this.request = this.request.withPath("/a|b").withMethod("POST");
		assertThat(counted(throttle).client()).isEqualTo(Client.of("tenant-and-path", "acme", "/a|b", "POST"));
	}

	@Test
	void costIsThatOfTheRequest() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected long cost(ThrottleRequest request) {
				return request.contentLength().orElse(1);
			}

		};
		assertThat(counted(throttle).cost()).isEqualTo(1);
		assertThat(counted(new TenantThrottle()).cost()).isEqualTo(1);
		this.request = this.request.withContentLength(5);
		assertThat(counted(throttle).cost()).isEqualTo(5);
	}

	@Test
	void costThatIsNotPositiveIsAnError() {
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			protected long cost(ThrottleRequest request) {
				return 0;
			}

		};
		assertThatExceptionOfType(InvalidVerdictException.class).isThrownBy(() -> throttle.check(this.request))
			.withMessage("the cost must be a positive whole number but is 0");
	}

	@Test
	void answerComesAtOnce() {
		List<Runnable> workers = new ArrayList<>();
		assertThat(new TenantThrottle().checkAsync(this.request, workers::add))
			.isCompletedWithValue(new TenantThrottle().check(this.request));
		assertThat(workers).isEmpty();
	}

	@Test
	void backendIsTheDefaultUnlessDeclared() {
		assertThat(new TenantThrottle().backend()).isNull();
		SimpleRateThrottle throttle = new TenantThrottle() {

			@Override
			public String backend() {
				return "redis";
			}

		};
		assertThat(throttle.backend()).isEqualTo("redis");
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
		assertThat(throttle.ownRates()).isEmpty();
		assertThat(throttle.backend()).isNull();
		assertThat(throttle.check(this.request)).isEqualTo(Verdict.deny());
	}

	@Test
	void throttleOfOneMethodIsAskedByAWorker() {
		List<Runnable> workers = new ArrayList<>();
		List<ThrottleRequest> asked = new ArrayList<>();
		BaseThrottle throttle = (request) -> {
			asked.add(request);
			return Verdict.deny();
		};
		CompletableFuture<Verdict> verdict = throttle.checkAsync(this.request, workers::add).toCompletableFuture();
		assertThat(asked).isEmpty();
		assertThat(verdict).isNotDone();
		workers.get(0).run();
		assertThat(asked).containsExactly(this.request);
		assertThat(verdict).isCompletedWithValue(Verdict.deny());
	}

	@ParameterizedTest
	@ValueSource(classes = { SimpleRateThrottle.class, AnonRateThrottle.class, UserRateThrottle.class,
			ScopedRateThrottle.class })
	void proxyCanStandBeforeEveryMethod(Class<?> type) {
		assertThat(Modifier.isFinal(type.getModifiers())).isFalse();
		assertThat(type.getDeclaredMethods()).filteredOn((method) -> !Modifier.isStatic(method.getModifiers()))
			.extracting(Method::getModifiers)
			.noneMatch(Modifier::isFinal);
	}

	@Test
	void proxyWhoseFieldsAreNullAnswersAsItsTarget() throws Exception {
		TenantThrottle target = new TenantThrottle("api_tenant", "5/30s");
		TenantProxy proxy = withoutConstructor(TenantProxy.class);
		proxy.target = target;
		assertThat(proxy.check(this.request)).isEqualTo(target.check(this.request));
		assertThat(proxy.scopes()).isEqualTo(target.scopes());
		assertThat(proxy.ownRates()).isEqualTo(target.ownRates());
		assertThat(proxy.backend()).isNull();
		assertThat(proxy.checkAsync(this.request, Runnable::run)).isCompletedWithValue(target.check(this.request));
	}

	/**
	 * Make an object as proxies are made: none of its constructors runs.
	 */
	private static <T> T withoutConstructor(Class<T> type) throws Exception {
		Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
		Object constructor = factory.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
			.invoke(factory.getMethod("getReflectionFactory").invoke(null), type, Object.class.getConstructor());
		return type.cast(((Constructor<?>) constructor).newInstance());
	}

	private Verdict.Count counted(SimpleRateThrottle throttle) {
		return (Verdict.Count) throttle.check(this.request);
	}

	private static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		TenantThrottle(String scope, String rates) {
			super(scope, rates);
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	/**
	 * What a proxy by class does: it hands every call to its target.
	 */
	private static final class TenantProxy extends TenantThrottle {

		private TenantThrottle target = this;

		@Override
		public Collection<Scope> scopes() {
			return this.target.scopes();
		}

		@Override
		public Map<Scope, List<Rate>> ownRates() {
			return this.target.ownRates();
		}

		@Override
		public Verdict check(ThrottleRequest request) {
			return this.target.check(request);
		}

		@Override
		public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
			return this.target.checkAsync(request, workers);
		}

		@Override
		public @Nullable String backend() {
			return this.target.backend();
		}

	}

}
