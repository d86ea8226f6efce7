package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.backend.redis.RedisClientOptions;
import dev.throttle.backend.redis.RedisConnector;
import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import dev.throttle.redis.TestRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for counting in the Redis of the application.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("integration")
class RedisBackendTests {

	private static final String HINT = "Counting in the memory of this process only";

	private static final Policy POLICY = Policy.of("login", Rate.parse("2/hour"));

	private static TestRedis redis;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, SslAutoConfiguration.class,
				RedisAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.host=127.0.0.1");

	private final ApplicationContextRunner shared = this.runner.withPropertyValues("throttle.backend=redis",
			"throttle.redis.timeout=10s");

	@BeforeAll
	static void start() {
		redis = TestRedis.start();
	}

	@AfterAll
	static void stop() {
		redis.close();
	}

	private ApplicationContextRunner up() {
		redis.commands("FLUSHALL");
		return this.shared.withPropertyValues("spring.data.redis.port=" + redis.port());
	}

	@Test
	void countsInMemoryWhereNothingIsSaidAndSaysSoOnce(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(CacheBackend.class).hasSingleBean(MemoryCacheBackend.class);
			assertThat(output.getOut().lines().filter((line) -> line.contains(HINT))).singleElement()
				.asString()
				.startsWith("INFO ")
				.contains("set 'throttle.backend' to 'redis'");
		});
	}

	@Test
	void namesTheDependencyThatSharingTheCountsNeeds(CapturedOutput output) {
		this.runner.withClassLoader(new FilteredClassLoader("dev.throttle.backend.redis")).run((context) -> {
			assertThat(context).hasSingleBean(MemoryCacheBackend.class);
			assertThat(output.getOut().lines().filter((line) -> line.contains(HINT))).singleElement()
				.asString()
				.contains("add the dependency 'dev.throttle:throttle-redis' and set 'throttle.backend' to 'redis'");
		});
	}

	@Test
	void ratesThatAreSetAtRunTimeAreSharedByTheBackendThatCountsByDefault() {
		up().run((context) -> assertThat(context).getBean(RateOverrides.class)
			.isSameAs(context.getBean(RedisCacheBackend.class).rateOverrides()));
		this.runner
			.run((context) -> assertThat(context.getBeanProvider(RateOverrides.class).getIfAvailable()).isNull());
	}

	@Test
	void ratesAreSharedByABackendOfTheApplicationsOwnToo() {
		redis.commands("FLUSHALL");
		ApplicationContextRunner own = this.runner.withPropertyValues("throttle.rates.login=2/hour")
			.withBean("throttleStartupReport", Object.class, Object::new)
			.withBean("cacheBackend", CacheBackend.class, () -> ownBackend(redis));
		own.run((one) -> own.run((other) -> {
			one.getBean(RateRegistry.class).override("login", "7/hour", null);
			RateRegistry rates = other.getBean(RateRegistry.class);
			assertThat(rates.isShared()).isTrue();
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(rates.overrides()).containsOnlyKeys(Scope.of("login")));
		}));
	}

	private static CacheBackend ownBackend(TestRedis redis) {
		RedisClient client = RedisClient.create();
		client.setOptions(RedisClientOptions.standalone().build());
		return RedisCacheBackend
			.builder(RedisConnector.standalone(client, RedisURI.create("redis://127.0.0.1:" + redis.port())),
					MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(1))
			.build();
	}

	@Test
	void saysNothingWhereMemoryIsChosenOrThereIsNoRedisOrNoLettuce(CapturedOutput output) {
		this.runner.withPropertyValues("throttle.backend=memory")
			.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
		for (String missing : List.of("io.lettuce", "org.springframework.data.redis")) {
			this.runner.withClassLoader(new FilteredClassLoader(missing))
				.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
		}
		this.runner.withPropertyValues("spring.data.redis.client-type=jedis")
			.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
		this.runner.withBean("cacheBackend", CacheBackend.class, () -> MemoryCacheBackend.builder().build())
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(HINT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "redis", "REDIS", "re-dis" })
	void countsInRedisHoweverItIsSpelled(String backend, CapturedOutput output) {
		up().withPropertyValues("throttle.backend=" + backend).run((context) -> {
			assertThat(context).hasSingleBean(CacheBackend.class).hasSingleBean(RedisCacheBackend.class);
			assertThat(context.getBean("cacheBackend")).hasToString("Redis (127.0.0.1:" + redis.port() + ")");
			assertThat(ask(context)).isEqualTo("allowed allowed denied");
			assertThat(redis.commands("KEYS *")).contains("throttle:{user:alice}:login");
		});
		assertThat(output).doesNotContain(HINT);
	}

	@Test
	void applicationsShareTheirCounts() {
		up().run((first) -> this.shared.withPropertyValues("spring.data.redis.port=" + redis.port()).run((second) -> {
			assertThat(decide(first).isAllowed()).isTrue();
			assertThat(decide(second).isAllowed()).isTrue();
			assertThat(decide(first).isAllowed()).isFalse();
			assertThat(decide(second).isAllowed()).isFalse();
		}));
	}

	@Test
	void ownBackendComesFirst() {
		this.shared.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CacheBackend.class)
				.doesNotHaveBean(RedisCacheBackend.class));
		this.shared.withClassLoader(new FilteredClassLoader("io.lettuce"))
			.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingOfRedisIsTouchedWhereThrottlingIsDisabled() {
		this.shared.withPropertyValues("throttle.enabled=false")
			.withClassLoader(new FilteredClassLoader("io.lettuce"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(MemoryCacheBackend.class));
	}

	@Test
	void keysAreInTheDatabaseAndBeginAsTheApplicationSays() {
		up().withPropertyValues("spring.data.redis.database=5", "throttle.redis.key-prefix=shop").run((context) -> {
			decide(context);
			assertThat(redis.commands("KEYS *")).doesNotContain("alice");
			assertThat(redis.commands("SELECT 5", "KEYS *")).contains("shop:{user:alice}:login");
		});
	}

	@ParameterizedTest
	@CsvSource({ "shop, throttle:shop", "My Shop, throttle:My Shop", "sh{op}, throttle:sh%7bop%7d",
			"sh%7bop, throttle:sh%257bop" })
	void keysBeginWithTheNameOfTheApplication(String name, String prefix, CapturedOutput output) {
		up().withPropertyValues("spring.application.name=" + name).run((context) -> {
			decide(context);
			assertThat(redis.commands("KEYS *")).contains(prefix + ":{user:alice}:login");
		});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void applicationWithoutANameIsToldThatItSharesItsKeys(CapturedOutput output) {
		up().run(RedisBackendTests::decide);
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.endsWith("Set 'spring.application.name' or 'throttle.redis.key-prefix'");
	}

	@Test
	void applicationThatGivesItsPrefixNeedsNoName(CapturedOutput output) {
		up().withPropertyValues("throttle.redis.key-prefix=throttle", "spring.application.name=").run((context) -> {
			decide(context);
			assertThat(redis.commands("KEYS *")).contains("throttle:{user:alice}:login");
		});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void identsAreHashedWhereTheApplicationSaysSo() {
		up().withPropertyValues("throttle.redis.hash-idents=true", "throttle.client.hash-secret=a long random text")
			.run((context) -> {
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
				assertThat(redis.commands("KEYS *")).contains("throttle:{user:#").doesNotContain("alice");
			});
	}

	@Test
	void identsAreHashedUnderTheKeyOfTheApplicationsOwnHashes() {
		SecretIdents own = SecretIdents.withKey("from a vault");
		up().withPropertyValues("throttle.redis.hash-idents=true")
			.withBean(SecretIdents.class, () -> own)
			.run((context) -> {
				decide(context);
				assertThat(redis.commands("KEYS *")).contains(own.pseudonym(Client.user("alice")));
			});
	}

	@Test
	void connectionIsItsOwnAndHasTheNameOfTheApplication() {
		up().withPropertyValues("spring.data.redis.client-name=shop").run((context) -> {
			decide(context);
			assertThat(redis.commands("CLIENT LIST").lines().filter((line) -> line.contains("name=shop"))).hasSize(1);
		});
	}

	@Test
	void connectionIsClosedBeforeTheResourcesThatItUses() {
		List<String> destroyed = new ArrayList<>();
		up().withBean(DestructionAwareBeanPostProcessor.class, () -> (bean, name) -> destroyed.add(name))
			.withPropertyValues("spring.data.redis.client-name=gone")
			.run(RedisBackendTests::decide);
		assertThat(destroyed).containsSubsequence("cacheBackend", "redisConnectionFactory", "lettuceClientResources");
		assertThat(redis.commands("CLIENT LIST")).doesNotContain("name=gone");
	}

	@Test
	void passwordIsThatOfTheApplication() {
		try (TestRedis closed = TestRedis.start("--requirepass", "open sesame")) {
			ApplicationContextRunner application = this.shared
				.withPropertyValues("spring.data.redis.port=" + closed.port());
			application.withPropertyValues("spring.data.redis.password=open sesame").run((context) -> {
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
				assertThat(closed.commands("AUTH \"open sesame\"", "DBSIZE")).contains(":1");
			});
			application.withPropertyValues("throttle.on-failure=deny", "spring.data.redis.password=wrong")
				.run((context) -> assertThatExceptionOfType(BackendUnavailableException.class)
					.isThrownBy(() -> decide(context)));
		}
	}

	@Test
	void startsWhileRedisIsDownAndAnswersAsConfigured() {
		ApplicationContextRunner down = this.shared.withPropertyValues("spring.data.redis.port=" + TestRedis.freePort(),
				"throttle.redis.timeout=1s");
		down.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed denied"));
		down.withPropertyValues("throttle.on-failure=allow")
			.run((context) -> assertThat(ask(context)).isEqualTo("allowed allowed allowed"));
		down.withPropertyValues("throttle.on-failure=allow", "throttle.scopes.LOGIN.on-failure=deny")
			.run((context) -> assertThatExceptionOfType(BackendUnavailableException.class)
				.isThrownBy(() -> decide(context)));
	}

	@Test
	void clusterAndSentinelsThatAreDownDoNotKeepTheApplicationFromStarting() {
		String node = "127.0.0.1:" + TestRedis.freePort();
		this.shared.withPropertyValues("spring.data.redis.cluster.nodes=" + node, "throttle.redis.timeout=1s")
			.run((context) -> {
				assertThat(context.getBean("cacheBackend")).hasToString("Redis (cluster)");
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
			});
		this.shared
			.withPropertyValues("spring.data.redis.sentinel.master=main", "spring.data.redis.sentinel.nodes=" + node,
					"throttle.redis.timeout=1s")
			.run((context) -> {
				assertThat(context.getBean("cacheBackend")).hasToString("Redis (Sentinel)");
				assertThat(ask(context)).isEqualTo("allowed allowed denied");
			});
	}

	@Test
	void hungRedisIsGivenNoMoreThanItsTimeout() {
		try (TestRedis hung = TestRedis.start()) {
			this.shared
				.withPropertyValues("spring.data.redis.port=" + hung.port(), "throttle.redis.timeout=250ms",
						"throttle.on-failure=deny")
				.run((context) -> {
					hung.commands("CLIENT PAUSE 20000");
					long start = System.nanoTime();
					assertThatExceptionOfType(BackendUnavailableException.class).isThrownBy(() -> decide(context));
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250),
							Duration.ofSeconds(5));
				});
		}
	}

	@Test
	void outageAndReturnOfASecondBackendsServerAreNoticedWithoutARequest() {
		try (TestRedis other = TestRedis.start()) {
			up().withBean("other", CacheBackend.class, () -> ownBackend(other))
				.withBean("burst", BaseThrottle.class, OtherBackendThrottle::new)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					CacheBackend first = context.getBean("cacheBackend", CacheBackend.class);
					CacheBackend second = context.getBean("other", CacheBackend.class);
					assertThat(second).isInstanceOf(RedisCacheBackend.class);
					second.warmUp(Duration.ofSeconds(10));
					assertThat(second.isAvailable()).isTrue();
					other.kill();
					await().atMost(Duration.ofSeconds(20)).until(() -> !second.isAvailable());
					assertThat(first.isAvailable()).isTrue();
					other.restart();
					await().atMost(Duration.ofSeconds(2)).until(second::isAvailable);
				});
		}
	}

	@Test
	void settingsOfRedisAreNotReadWhileItIsNotChosen() {
		this.runner
			.withPropertyValues("throttle.backend=memory", "throttle.redis.timeout=0s",
					"throttle.scopes.nowhere.on-failure=deny")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void defaultsAreThoseOfTheBackend() {
		RedisProperties defaults = new ThrottleProperties().getRedis();
		assertThat(defaults.getTimeout()).isEqualTo(RedisCacheBackend.DEFAULT_TIMEOUT);
		assertThat(defaults.getKnownDenials()).isEqualTo(RemoteBackendBuilder.DEFAULT_KNOWN_DENIALS);
	}

	private static String ask(ApplicationContext context) {
		List<String> answers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			answers.add(decide(context).isAllowed() ? "allowed" : "denied");
		}
		return String.join(" ", answers);
	}

	private static Outcome decide(ApplicationContext context) {
		return context.getBean("cacheBackend", CacheBackend.class)
			.decide(List.of(new QuotaGroup(List.of(new Quota(Client.user("alice"), POLICY, 1)))))
			.get(0);
	}

	static class OtherBackendThrottle extends UserRateThrottle {

		OtherBackendThrottle() {
			super("burst", "3/s");
		}

		@Override
		public String backend() {
			return "other";
		}

	}

}
