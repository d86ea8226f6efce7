package dev.throttle.autoconfigure;

import dev.throttle.Throttle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a limit that would not be shared as it is meant to be keeps the application
 * from starting, and for what its user is told then.
 */
class RedisStartupFailureTests {

	private static final String OWN = "declare a RedisCacheBackend of your own as a bean called 'cacheBackend'.";

	private final WebApplicationContextRunner unconnected = WebApplications.small()
		.withPropertyValues("throttle.backend=redis", "throttle.rates.anon=1/s");

	private final WebApplicationContextRunner runner = this.unconnected
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.host=127.0.0.1");

	@Test
	void withoutLettuce() {
		FailureAnalysis failure = failure(this.unconnected.withClassLoader(new FilteredClassLoader("io.lettuce")));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'redis', but Lettuce is not on the class path.");
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependency 'io.lettuce:lettuce-core', or set 'throttle.backend' to 'memory' to count in each process separately.");
	}

	@Test
	void withoutSpringDataRedis() {
		FailureAnalysis failure = failure(this.unconnected
			.withClassLoader(new FilteredClassLoader("io.lettuce", "org.springframework.data.redis")));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'redis', but Spring Data Redis is not on the class path.");
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependency 'org.springframework.boot:spring-boot-starter-data-redis', or set 'throttle.backend' to 'memory' to count in each process separately.");
	}

	@Test
	void withoutThrottleRedis() {
		FailureAnalysis failure = failure(
				this.unconnected.withClassLoader(new FilteredClassLoader("dev.throttle.backend.redis")));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'redis', but throttle-redis is not on the class path.");
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependency 'dev.throttle:throttle-redis', or set 'throttle.backend' to 'memory' to count in each process separately.");
	}

	@Test
	void withoutAnythingOfRedis() {
		FailureAnalysis failure = failure(this.unconnected.withClassLoader(
				new FilteredClassLoader("dev.throttle.backend.redis", "io.lettuce", "org.springframework.data.redis")));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.backend' is 'redis', but throttle-redis and Spring Data Redis are not on the class path.");
		assertThat(failure.getAction()).isEqualTo(
				"Add the dependencies 'dev.throttle:throttle-redis' and 'org.springframework.boot:spring-boot-starter-data-redis', or set 'throttle.backend' to 'memory' to count in each process separately.");
	}

	@Test
	void withoutConnectionFactory() {
		FailureAnalysis failure = failure(this.unconnected);
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.backend' is 'redis', but there is no RedisConnectionFactory bean.");
		assertThat(failure.getAction()).startsWith("Let Spring Boot auto-configure one").endsWith(OWN);
	}

	@Test
	void withJedis() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("spring.data.redis.client-type=jedis"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.backend' is 'redis', but the RedisConnectionFactory bean is a JedisConnectionFactory, but Throttle needs a LettuceConnectionFactory.");
		assertThat(failure.getAction()).contains("remove 'spring.data.redis.client-type'").endsWith(OWN);
	}

	@Test
	void withSeveralConnectionFactories() {
		WebApplicationContextRunner several = this.runner.withBean("orders", LettuceConnectionFactory.class,
				LettuceConnectionFactory::new);
		FailureAnalysis failure = failure(
				several.withBean("sessions", LettuceConnectionFactory.class, LettuceConnectionFactory::new));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.backend' is 'redis', but there are several RedisConnectionFactory beans and none is primary: 'orders', 'sessions'.");
		assertThat(failure.getAction()).isEqualTo("Add @Primary to the one to count in, or " + OWN);
		several
			.withBean("sessions", LettuceConnectionFactory.class, LettuceConnectionFactory::new,
					(definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void withStaticMaster() {
		FailureAnalysis failure = failure(
				this.runner.withPropertyValues("spring.data.redis.masterreplica.nodes=one:6379,two:6379"));
		assertThat(failure.getDescription()).contains("the application's Redis is a static master with replicas");
		assertThat(failure.getAction()).isEqualTo("Use a single server, Sentinel or a cluster, or " + OWN);
		assertThat(failure(this.runner.withBean(RedisStaticMasterReplicaConfiguration.class, "one")).getDescription())
			.contains("the application's Redis is a static master with replicas");
	}

	@Test
	void withUserThatTheConnectionFactoryDoesNotTell() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1");
		server.setUsername("ali");
		server.setPassword("open sesame");
		FailureAnalysis failure = failure(this.runner.withBean(LettuceConnectionFactory.class, () -> generic(server)));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.backend' is 'redis', but the LettuceConnectionFactory bean has a password but does not expose its user name.");
		assertThat(failure.getAction())
			.isEqualTo("Create it with the constructor that takes a RedisStandaloneConfiguration, or " + OWN);
		this.runner
			.withBean(LettuceConnectionFactory.class, () -> generic(new RedisStandaloneConfiguration("127.0.0.1")))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static LettuceConnectionFactory generic(RedisConfiguration server) {
		return new LettuceConnectionFactory(server);
	}

	@ParameterizedTest
	@CsvSource({ "timeout, 0, 0ms", "timeout, -5ms, -5ms", "timeout, 100000d, 8640000000000ms",
			"known-denials, -1s, -1000ms", "known-denials, 2d, 172800000ms", "key-prefix, '', ''",
			"key-prefix, a{b, a{b", "key-prefix, a}b, a}b" })
	void settingThatCannotBe(String property, String value, String text) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.redis." + property + "=" + value));
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.redis." + property + "' is '" + text + "', but ");
		assertThat(failure.getAction()).startsWith("Set it to a ");
	}

	@Test
	void hashedIdentsWithoutKey() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.redis.hash-idents=true"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.redis.hash-idents' is 'true', but there is no key to hash them with.");
		assertThat(failure.getAction()).startsWith("Set the property 'throttle.client.hash-secret'");
	}

	@Test
	void scopeOfFailureWithoutRate() {
		FailureAnalysis failure = failure(this.runner.withBean(ReportController.class)
			.withPropertyValues("throttle.scopes.anno.on-failure=deny"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.scopes.anno.on-failure' is set, but the scope 'anno' has no rate (did you mean 'anon'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Use a scope that has a rate: 'anon', 'reports', or set 'throttle.rates.anno', or remove the property.");
	}

	@Test
	void scopesOfFailureThatHaveARate() {
		this.runner.withBean(ReportController.class)
			.withPropertyValues("throttle.scopes.ANON.on-failure=deny", "throttle.scopes.re-ports.on-failure=allow")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void scopeOfFailureThatCannotBeOne() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.scopes[a/b].on-failure=deny"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.scopes[a/b].on-failure' names 'a/b', which is not a valid scope.");
	}

	@Test
	void backendThatDoesNotExist() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.backend=reddis"));
		assertThat(failure.getDescription()).contains("throttle.backend", "reddis");
		assertThat(failure.getAction()).contains("'memory', 'redis', 'jdbc'");
	}

	@Test
	void unknownSetting() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.redis.time-limit=1s"));
		assertThat(failure.getDescription()).contains("throttle.redis.time-limit");
	}

	@RestController
	static class ReportController {

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "2/30s")
		String reports() {
			return "";
		}

	}

}
