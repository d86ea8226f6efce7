package dev.throttle.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.throttle.docs.example.Subscriptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Snippets in YAML. Each starts an application with the Java of the same section. Scopes
 * that this does not name are taken for those of other code.
 */
@Tag("integration")
class YamlSnippetTests {

	private static final String RATES = "throttle.rates.";

	static Stream<Snippet> snippets() {
		return Page.all()
			.stream()
			.flatMap((page) -> page.snippets("yaml").stream())
			.filter((snippet) -> snippet.notRun() == null);
	}

	@ParameterizedTest
	@MethodSource("snippets")
	void everySnippetStartsAnApplication(Snippet snippet, @TempDir Path folder)
			throws IOException, ClassNotFoundException {
		SnippetCompiler compiler = new SnippetCompiler(folder);
		List<Snippet> java = snippet.page()
			.snippets("java")
			.stream()
			.filter((each) -> each.section() == snippet.section())
			.toList();
		java.forEach(compiler::compile);
		ClassLoader loader = java.isEmpty() ? getClass().getClassLoader() : compiler.loader();
		WebApplicationContextRunner runner = new WebApplicationContextRunner().withClassLoader(loader)
			.withUserConfiguration(Application.class);
		for (String property : properties(snippet, java)) {
			runner = runner.withPropertyValues(property);
		}
		for (String name : compiler.types()) {
			Class<?> type = loader.loadClass(name);
			if (AnnotatedElementUtils.hasAnnotation(type, Component.class)) {
				runner = runner.withUserConfiguration(type);
			}
		}
		runner.run((context) -> assertThat(context).hasNotFailed());
	}

	private static List<String> properties(Snippet snippet, List<Snippet> java) throws IOException {
		List<String> properties = new ArrayList<>();
		for (PropertySource<?> source : new YamlPropertySourceLoader().load("snippet",
				new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8)))) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				properties.add(name + "=" + source.getProperty(name));
				String scope = name.startsWith(RATES) ? name.substring(RATES.length()) : null;
				if (scope != null && java.stream().noneMatch((each) -> each.text().contains('"' + scope + '"'))) {
					properties.add("throttle.scopes." + scope + ".in-code=true");
				}
			}
		}
		return properties;
	}

	/**
	 * An application with a handler.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@Bean
		Subscriptions subscriptionsOfNobody() {
			return (key) -> null;
		}

	}

}
