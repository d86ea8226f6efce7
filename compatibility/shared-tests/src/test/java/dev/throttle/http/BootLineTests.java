package dev.throttle.http;

import java.security.CodeSource;

import dev.throttle.BaseThrottle;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the other tests run on, where the build runs them.
 */
@EnabledIfSystemProperty(named = "expected.spring-boot.version", matches = ".+")
class BootLineTests {

	@Test
	void bootHasTheVersionOfTheModule() {
		System.out.println("HTTP tests on Spring Boot " + SpringBootVersion.getVersion() + ", Spring "
				+ SpringVersion.getVersion() + ", JUnit " + Test.class.getPackage().getImplementationVersion());
		assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("expected.spring-boot.version"));
	}

	@ParameterizedTest
	@ValueSource(classes = { ThrottleAutoConfiguration.class, BaseThrottle.class })
	void libraryComesFromItsJar(Class<?> type) {
		CodeSource source = type.getProtectionDomain().getCodeSource();
		assertThat(source).isNotNull();
		assertThat(source.getLocation().getPath()).endsWith(".jar");
	}

}
