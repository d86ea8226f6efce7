package dev.throttle.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottleRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.SourceFile;
import org.springframework.core.test.tools.SourceFiles;
import org.springframework.core.test.tools.TestCompiler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that was processed ahead of time without any property of ours, and runs
 * with some.
 */
class AotTests {

	@Test
	@CompileWithForkedClassLoader
	void propertiesOfTheRunningApplicationAreInForce(@TempDir Path generated) throws IOException {
		process(generated);
		compile(generated, () -> {
			try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.rates.user=9/hour")) {
				assertThat(statuses(application)).containsExactly(200, 200, 429);
				assertThat(application.bean(ThrottleRegistry.class).all()).extracting(Step::name)
					.containsExactlyInAnyOrder("anonRateThrottle", "userRateThrottle", "scopedRateThrottle");
			}
			try (RunningApplication application = start("throttle.rates.sms=1/hour",
					"throttle.scopes.sms.in-code=true")) {
				assertThat(application.caller().get("/sms").statusCode()).isEqualTo(200);
				assertThat(application.caller().get("/sms").statusCode()).isEqualTo(429);
			}
			try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.enabled=false")) {
				assertThat(statuses(application)).containsExactly(200, 200, 200);
			}
			try (RunningApplication application = start("throttle.rates.anon=2/hour", "throttle.backend=redis",
					"throttle.on-failure=deny", "spring.data.redis.port=1", "logging.level.root=off")) {
				assertThat(statuses(application)).as("nobody listens there").containsExactly(503, 503, 503);
			}
		});
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(AotApplication.class, properties);
	}

	private static int[] statuses(RunningApplication application) {
		return IntStream.range(0, 3).map((i) -> application.caller().get("/plain").statusCode()).toArray();
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
				new String[] { "--spring.profiles.active=redis" })
			.process();
	}

	private static void compile(Path generated, Runnable run) throws IOException {
		try (Stream<Path> files = Files.walk(generated)) {
			SourceFile[] sources = files.filter((file) -> file.toString().endsWith(".java"))
				.map(AotTests::source)
				.toArray(SourceFile[]::new);
			TestCompiler.forSystem().compile(SourceFiles.of(sources), (compiled) -> {
				SecondServer.allow();
				SpringProperties.setFlag("spring.aot.enabled");
				run.run();
			});
		}
	}

	private static SourceFile source(Path file) {
		return SourceFile.of((content) -> content.append(Files.readString(file)));
	}

}
