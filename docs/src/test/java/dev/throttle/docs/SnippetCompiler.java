package dev.throttle.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles snippets in Java. A snippet may be types, members of a class or statements.
 * The types of an application that it uses are in the package {@code example}.
 */
final class SnippetCompiler {

	/** What a snippet need not import. */
	private static final List<String> IMPORTS = List.of("java.nio.charset.StandardCharsets", "java.time.*",
			"java.util.*", "java.util.concurrent.*", "dev.throttle.*", "dev.throttle.autoconfigure.*",
			"dev.throttle.backend.*", "dev.throttle.backend.memory.*", "dev.throttle.docs.example.*",
			"dev.throttle.engine.*", "dev.throttle.http.*", "dev.throttle.limiter.*",
			"dev.throttle.servlet.ScopedRoutes", "dev.throttle.test.*", "dev.throttle.test.context.*",
			"dev.throttle.usage.*", "jakarta.servlet.http.*", "org.junit.jupiter.api.*",
			"org.jspecify.annotations.Nullable", "org.springframework.beans.factory.annotation.*",
			"org.springframework.boot.test.autoconfigure.web.servlet.*",
			"org.springframework.boot.test.context.SpringBootTest",
			"org.springframework.boot.test.web.server.LocalServerPort", "org.springframework.context.annotation.Bean",
			"org.springframework.context.annotation.Configuration", "org.springframework.context.annotation.Import",
			"org.springframework.stereotype.*", "org.springframework.test.web.reactive.server.WebTestClient",
			"org.springframework.test.web.servlet.assertj.MockMvcTester", "org.springframework.ui.Model",
			"org.springframework.web.bind.annotation.*", "org.springframework.web.client.RestClient",
			"org.springframework.web.servlet.function.*", "static org.assertj.core.api.Assertions.assertThat",
			"static org.springframework.web.servlet.function.RouterFunctions.route");

	private static final Pattern TYPE = Pattern
		.compile("(?m)^(?:public |final |abstract )*(?:class|interface|record|enum|@interface) (\\w+)");

	private static final Pattern PUBLIC_TYPE = Pattern.compile("(?m)^public (?:final )?class (\\w+)");

	/** Annotations of a class that is not shown. */
	private static final Pattern ANNOTATIONS = Pattern.compile("(?:@\\w+(?:\\(.*\\))?\\s*)+");

	private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;$");

	private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

	/** Shared, as it reads the whole class path. */
	private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

	private final Path folder;

	/**
	 * Create a compiler.
	 * @param folder the folder for its class files
	 */
	SnippetCompiler(Path folder) {
		this.folder = folder;
	}

	/**
	 * Compile a snippet.
	 * @return the errors, empty if there are none
	 */
	String compile(Snippet snippet) {
		String name = "Snippet" + snippet.line();
		if (TYPE.matcher(snippet.text()).find()) {
			return compile(snippet, "", "");
		}
		if (ANNOTATIONS.matcher(snippet.text()).matches()) {
			return compile(snippet, "", "class " + name + " {\n}");
		}
		String stereotype = snippet.text().contains("Mapping(") ? "@RestController" : snippet.text().contains("@Bean")
				? "@Configuration(proxyBeanMethods = false)" : snippet.text().contains("@Throttle") ? "@Component" : "";
		String type = stereotype + " class " + name + " extends dev.throttle.docs.example.Fields {\n";
		String members = compile(snippet, type, "\n}");
		if (members.isEmpty()) {
			return members;
		}
		String statements = compile(snippet, type + "void run() throws Exception {\n", "\n}\n}");
		return statements.isEmpty() ? statements : members + "\nor, as statements:\n" + statements;
	}

	private String compile(Snippet snippet, String before, String after) {
		String code = snippet.text();
		String unit = IMPORT.matcher(code).results().map(MatchResult::group).collect(Collectors.joining("\n")) + "\n"
				+ IMPORTS.stream().map((name) -> "import " + name + ";\n").collect(Collectors.joining()) + before
				+ IMPORT.matcher(code).replaceAll("") + after;
		Matcher publicType = PUBLIC_TYPE.matcher(code);
		String name = publicType.find() ? publicType.group(1) : "Snippet" + snippet.line();
		JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"),
				JavaFileObject.Kind.SOURCE) {
			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return unit;
			}
		};
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		try {
			FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(this.folder));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		COMPILER
			.getTask(new StringWriter(), FILES, diagnostics, List.of("-proc:none", "-parameters"), null,
					List.of(source))
			.call();
		return diagnostics.getDiagnostics()
			.stream()
			.filter((each) -> each.getKind() == Diagnostic.Kind.ERROR)
			.map((each) -> unit.lines().skip(Math.max(0, each.getLineNumber() - 1)).findFirst().orElse("") + "\n  "
					+ each.getMessage(Locale.ROOT))
			.collect(Collectors.joining("\n"));
	}

	/**
	 * Return a loader of what was compiled.
	 */
	ClassLoader loader() {
		try {
			return new URLClassLoader(new URL[] { this.folder.toUri().toURL() }, getClass().getClassLoader());
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the names of the types that were compiled.
	 */
	List<String> types() {
		try (Stream<Path> files = Files.walk(this.folder)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((file) -> file.endsWith(".class"))
				.map((file) -> file.replace(".class", ""))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
