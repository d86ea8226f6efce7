package dev.throttle.http;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

import dev.throttle.autoconfigure.RateRefresh;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottleRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application that was processed ahead of time, once and with almost no property of
 * ours, and runs with many.
 */
class AotTests {

	/** The properties that are known when the application is built. */
	private static final List<String> OF_BUILD = List.of("spring.profiles.active=redis,jdbc,gateway",
			"spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
			"management.endpoints.web.exposure.include=throttles", "management.endpoint.throttles.access=unrestricted",
			"throttle.rates.mails=1/hour", "throttle.scopes.mails.in-code=true");

	/** The rates that the annotations of the application need. */
	private static final List<String> OF_ANNOTATIONS = List.of("throttle.rates.uploads=2/hour",
			"throttle.rates.orders=1/hour");

	private static final String ROUTE = WebStack.GATEWAY + ".routes[0]";

	@Test
	void propertiesOfTheRunningApplicationAreInForce(@TempDir Path generated)
			throws IOException, IllegalAccessException {
		int port = freePort();
		RedisServer redis = RedisServer.newRedisServer()
			.port(port)
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.build();
		redis.start();
		try {
			process(generated);
			compile(generated, generated.resolve("compiled"));
			load(generated.resolve("compiled"));
			SpringProperties.setFlag(AotDetector.AOT_ENABLED);
			run(port);
		}
		finally {
			SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
			redis.stop();
		}
	}

	private static void run(int port) {

		try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.rates.user=2/hour",
				"throttle.rates.address=100/hour", "throttle.plans.pro.rates.user=3/hour",
				"throttle.plans.pro.clients=user:paula", "throttle.rates.sms=1/hour",
				"throttle.scopes.sms.in-code=true", "throttle.outgoing.partner.rate=1/hour",
				"throttle.outgoing.partner.host=127.0.0.1", "throttle.outgoing.partner.max-wait=0s",
				"throttle.usage.path=/usage", "throttle.rates.files=1/hour", ROUTE + ".id=files",
				ROUTE + ".uri=http://localhost:1", ROUTE + ".predicates[0]=Path=/files",
				ROUTE + ".filters[0]=Throttle=files")) {
			defaultsAndPlansAreInForce(application);
			annotationsAreInForce(application);
			routesOfTheGatewayAreLimited(application.caller().as("gus"));
			limitersAreBeans(application);
			callsThatGoOutAreLimited(application);
			usageIsShown(application.caller().as("una"));
			ratesCanBeChanged(application);
			filterComesBeforeAllElse(application.caller());
		}
		try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.enabled=false")) {
			assertThat(statuses(application.caller(), "/plain", 3)).containsOnly(200);
		}
		try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.backend=jdbc",
				"throttle.on-failure=deny", "logging.level.dev=off")) {
			assertThat(statuses(application.caller(), "/plain", 3)).as("nobody listens there").containsOnly(503);
		}
		countsAreInRedis(port);
		assertThatThrownBy(() -> RunningApplication.start(AotApplication.class, OF_BUILD.toArray(String[]::new)))
			.extracting(NestedExceptionUtils::getMostSpecificCause)
			.asString()
			.contains("declares the scope 'uploads', but there is no rate for it");
	}

	private static void defaultsAndPlansAreInForce(RunningApplication application) {
		assertThat(statuses(application.caller(), "/plain", 3)).containsExactly(200, 200, 429);
		assertThat(statuses(application.caller().as("ulla"), "/plain", 3)).containsExactly(200, 200, 429);
		assertThat(statuses(application.caller().as("paula"), "/plain", 4)).containsExactly(200, 200, 200, 429);
		assertThat(application.bean(ThrottleRegistry.class).all()).extracting(Step::name)
			.containsExactlyInAnyOrder("addressRateThrottle", "anonRateThrottle", "userRateThrottle",
					"scopedRateThrottle");
	}

	private static void annotationsAreInForce(RunningApplication application) {
		assertThat(statuses(application.caller().as("paula-2"), "/uploads", 3)).containsExactly(200, 200, 429);
		assertThat(statuses(application.caller(), "/orders/ada", 2)).containsExactly(200, 429);
		assertThat(statuses(application.caller(), "/orders/bob", 1)).containsExactly(200);
	}

	private static void routesOfTheGatewayAreLimited(Caller caller) {
		assertThat(statuses(caller, "/files", 2)).as("nobody listens there").containsExactly(500, 429);
	}

	private static void limitersAreBeans(RunningApplication application) {
		assertThat(statuses(application.caller(), "/sms", 2)).containsExactly(200, 429);
		assertThat(statuses(application.caller(), "/mails", 2)).containsExactly(200, 429);
	}

	private static void callsThatGoOutAreLimited(RunningApplication application) {
		try (RecordingServer partner = RecordingServer.start()) {
			OutgoingCall.to(partner.address(), application);
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> OutgoingCall.to(partner.address(), application));
			assertThat(partner.arrivals()).hasSize(1);
		}
	}

	private static void usageIsShown(Caller caller) {
		assertThat(caller.get("/usage").body()).contains("\"scope\":\"user\"", "\"limit\":2");
	}

	private static void ratesCanBeChanged(RunningApplication application) {
		Caller caller = application.caller().as("ines");
		assertThat(caller.post("/actuator/throttles/user", "{\"rate\":\"1/hour\"}").statusCode()).isEqualTo(200);
		assertThat(statuses(caller, "/plain", 2)).containsExactly(200, 429);
		application.bean(ConfigurableEnvironment.class)
			.getPropertySources()
			.addFirst(new MapPropertySource("changed", Map.of("throttle.rates.sms", "2/hour")));
		application.bean(RateRefresh.class).refresh();
		assertThat(statuses(application.caller(), "/sms", 2)).containsExactly(200, 429);
	}

	private static void filterComesBeforeAllElse(Caller caller) {
		assertThat(statuses(caller, "/unknown", 100)).contains(404).endsWith(429, 429);
	}

	private static void countsAreInRedis(int port) {
		for (List<Integer> expected : List.of(List.of(200), List.of(200, 429))) {
			try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.backend=redis",
					"spring.data.redis.port=" + port, "throttle.redis.timeout=20s", "throttle.on-failure=deny",
					"spring.application.name=aot")) {
				assertThat(statuses(application.caller(), "/plain", expected.size())).isEqualTo(expected);
			}
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(AotApplication.class,
				Stream.of(OF_BUILD, OF_ANNOTATIONS, List.of(properties)).flatMap(List::stream).toArray(String[]::new));
	}

	private static List<Integer> statuses(Caller caller, String path, int calls) {
		return IntStream.range(0, calls).map((i) -> caller.get(path).statusCode()).boxed().toList();
	}

	private static void process(Path generated) {
		new SpringApplicationAotProcessor(AotApplication.class,
				AbstractAotProcessor.Settings.builder()
					.sourceOutput(generated)
					.resourceOutput(generated.resolve("resources"))
					.classOutput(generated.resolve("classes"))
					.groupId("dev.throttle")
					.artifactId("aot-tests")
					.build(),
				OF_BUILD.stream().map((property) -> "--" + property).toArray(String[]::new))
			.process();
	}

	private static void compile(Path generated, Path compiled) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(Files.createDirectory(compiled)));
			assertThat(compiler
				.getTask(null, manager, null, List.of("-proc:none", "-nowarn"), null,
						manager.getJavaFileObjectsFromPaths(files(generated, ".java")))
				.call()).isTrue();
		}
	}

	/**
	 * Load each class next to the one after which it is named, which may be visible in
	 * its package alone. Proxies are loaded already, by the processing.
	 */
	private static void load(Path compiled) throws IOException, IllegalAccessException {
		for (Path file : files(compiled, ".class")) {
			String name = compiled.relativize(file).toString().replace('/', '.');
			Class<?> neighbour = ClassUtils.resolveClassName(name.substring(0, name.indexOf('_')), null);
			MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(Files.readAllBytes(file));
		}
	}

	private static List<Path> files(Path folder, String ending) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((file) -> file.toString().endsWith(ending)).toList();
		}
	}

}
