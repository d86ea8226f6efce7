package dev.throttle.autoconfigure;

import java.util.Arrays;
import java.util.List;

import dev.throttle.Client;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * Hints for types that are looked up by name, and for members that are called by
 * reflection. Types of Spring Boot are listed with their names in 3.5 and in 4. A type
 * that is absent is ignored.
 */
final class ThrottleRuntimeHints implements RuntimeHintsRegistrar {

	private static final String BOOT = "org.springframework.boot.";

	private static final String SECURITY = "org.springframework.security.";

	/** What is only looked for. */
	private static final List<String> LOOKED_UP = List.of("com.zaxxer.hikari.HikariDataSource",
			"dev.throttle.backend.jdbc.JdbcCacheBackend", "dev.throttle.backend.redis.RedisCacheBackend",
			"io.lettuce.core.RedisClient", "jakarta.servlet.Filter", "kotlinx.coroutines.reactor.MonoKt",
			BOOT + "web.servlet.AbstractFilterRegistrationBean",
			"org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory",
			"org.springframework.http.client.ClientHttpRequestInterceptor",
			"org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy",
			"org.springframework.web.reactive.function.client.WebClient", "reactor.core.publisher.Mono",
			"reactor.core.scheduler.Schedulers", "reactor.netty.Connection");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		ReflectionHints reflection = hints.reflection();
		LOOKED_UP.forEach((type) -> reflection.registerType(TypeReference.of(type)));
		// HikariCP copies the settings of a pool by reflection
		reflection.registerType(TypeReference.of("com.zaxxer.hikari.HikariConfig"), MemberCategory.DECLARED_FIELDS);
		registerHandlers(reflection);
		registerSecurity(reflection);
		registerServers(reflection);
		registerGateways(reflection);
	}

	private static void registerHandlers(ReflectionHints reflection) {
		register(reflection, "dev.throttle.reactive.FailingHandler$Failure", "fail");
		// for the keys of methods, such as T(dev.throttle.Client).of('tenant', #tenant)
		reflection.registerType(Client.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		for (String resolver : List.of(BOOT + "autoconfigure.web.servlet.error.ErrorViewResolver",
				BOOT + "webmvc.autoconfigure.error.ErrorViewResolver")) {
			register(reflection, resolver, "resolveErrorView", "jakarta.servlet.http.HttpServletRequest",
					"org.springframework.http.HttpStatus", "java.util.Map");
		}
		String springdoc = "org.springdoc.core.utils.SpringDocUtils";
		register(reflection, springdoc, "getConfig");
		register(reflection, springdoc, "addRequestWrapperToIgnore", "java.lang.Class[]");
	}

	private static void registerSecurity(ReflectionHints reflection) {
		String chain = SECURITY + "web.SecurityFilterChain";
		register(reflection, chain, "matches", "jakarta.servlet.http.HttpServletRequest");
		register(reflection, chain, "getFilters");
		String reactiveChain = SECURITY + "web.server.SecurityWebFilterChain";
		register(reflection, reactiveChain, "matches", "org.springframework.web.server.ServerWebExchange");
		register(reflection, reactiveChain, "getWebFilters");
		register(reflection, SECURITY + "core.Authentication", "getAuthorities");
		register(reflection, SECURITY + "core.GrantedAuthority", "getAuthority");
	}

	private static void registerServers(ReflectionHints reflection) {
		for (String context : List.of("web.servlet.context.ServletWebServerApplicationContext",
				"web.reactive.context.ReactiveWebServerApplicationContext",
				"web.server.servlet.context.ServletWebServerApplicationContext",
				"web.server.reactive.context.ReactiveWebServerApplicationContext")) {
			register(reflection, BOOT + context, "getWebServer");
		}
		register(reflection, BOOT + "web.embedded.tomcat.TomcatWebServer", "getTomcat");
		register(reflection, BOOT + "tomcat.TomcatWebServer", "getTomcat");
		register(reflection, "org.apache.catalina.startup.Tomcat", "getEngine");
		register(reflection, "org.apache.catalina.core.ContainerBase", "getPipeline");
		register(reflection, "org.apache.catalina.core.ContainerBase", "findChildren");
		register(reflection, "org.apache.catalina.core.StandardPipeline", "getValves");
		for (String server : List.of("web.embedded.jetty.JettyWebServer", "jetty.JettyWebServer")) {
			reflection.registerType(TypeReference.of(BOOT + server), (type) -> type.withField("connectors"));
		}
		register(reflection, "org.eclipse.jetty.server.AbstractConnector", "getConnectionFactories");
		register(reflection, "org.eclipse.jetty.server.HttpConnectionFactory", "getHttpConfiguration");
		register(reflection, "org.eclipse.jetty.server.HttpConfiguration", "getCustomizers");
	}

	private static void registerGateways(ReflectionHints reflection) {
		register(reflection, "dev.throttle.servlet.gateway.ThrottleFilterSupplier$Filters", "throttle",
				"java.lang.String");
		reflection.registerType(TypeReference.of("dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory$Config"),
				MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.INVOKE_DECLARED_METHODS);
	}

	private static void register(ReflectionHints reflection, String type, String method, String... parameters) {
		reflection.registerType(TypeReference.of(type), (hint) -> hint.withMethod(method,
				Arrays.stream(parameters).map(TypeReference::of).toList(), ExecutableMode.INVOKE));
	}

}
