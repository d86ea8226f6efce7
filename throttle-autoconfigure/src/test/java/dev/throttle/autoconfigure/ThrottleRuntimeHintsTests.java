package dev.throttle.autoconfigure;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.actuate.ThrottlesEndpoint;
import dev.throttle.actuate.ThrottlesWebEndpointExtension;
import dev.throttle.usage.Usage;
import org.apache.catalina.core.StandardEngine;
import org.apache.catalina.core.StandardPipeline;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.ExecutableHint;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.asm.ClassReader;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.embedded.jetty.JettyWebServer;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.javapoet.ClassName;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image is told of an application with the library.
 */
class ThrottleRuntimeHintsTests {

	private static final RuntimeHints HINTS = new RuntimeHints();

	private static final InMemoryGeneratedFiles GENERATED = new InMemoryGeneratedFiles();

	/** Names that are compared with those of classes, and do not have to be found. */
	private static final Set<String> ONLY_COMPARED = Set.of("kotlinx.coroutines.flow.Flow",
			"org.apache.catalina.filters.RemoteIpFilter", "org.apache.catalina.valves.RemoteIpValve",
			"org.eclipse.jetty.server.ForwardedRequestCustomizer", "org.postgresql.Driver",
			"org.springframework.beans.factory.support.NullBean",
			"org.springframework.boot.web.servlet.error.ErrorController",
			"org.springframework.boot.webmvc.error.ErrorController",
			"org.springframework.cloud.context.environment.EnvironmentChangeEvent",
			"org.springframework.context.annotation.Bean",
			"org.springframework.security.authentication.AnonymousAuthenticationToken",
			"org.springframework.stereotype.Controller", "org.springframework.web.bind.annotation.RequestMapping",
			"org.springframework.web.filter.ForwardedHeaderFilter",
			"org.springframework.web.reactive.function.server.ResourceHandlerFunction",
			"org.springframework.web.reactive.function.server.RouterFunction",
			"org.springframework.web.service.annotation.HttpExchange",
			"org.springframework.web.servlet.function.ResourceHandlerFunction",
			"org.springframework.web.servlet.function.RouterFunction");

	@BeforeAll
	static void process() {
		try (AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext()) {
			TestPropertyValues.of("management.endpoints.web.exposure.include=throttles").applyTo(context);
			context.register(Handlers.class, Sender.class, Untouched.class);
			context.register(Configurations.getClasses(AutoConfigurations.of(AopAutoConfiguration.class,
					EndpointAutoConfiguration.class, ThrottleAutoConfiguration.class,
					ThrottleWebMvcAutoConfiguration.class, ThrottleEndpointAutoConfiguration.class)));
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("dev.throttle.tests", "Application")), GENERATED, HINTS);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle-autoconfigure", "throttle-core", "throttle-jdbc", "throttle-redis" })
	void everyResourceOfAModuleIsInTheImage(String module) throws IOException {
		Path resources = Path.of("..", module, "src/main/resources");
		Predicate<String> hinted = hinted(resources.resolve("META-INF/native-image/dev.throttle/" + module));
		assertThat(files(resources)).filteredOn((name) -> !name.startsWith("META-INF/")).allMatch(hinted);
	}

	@Test
	void everyTypeThatIsLookedUpByItsNameIsFound() throws IOException {
		Set<String> names = new TreeSet<>();
		for (Resource file : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:dev/throttle/**/*.class")) {
			String place = file.getURL().getPath();
			if (!place.contains("/test-classes/") && !place.endsWith("/ThrottleRuntimeHints.class")) {
				names.addAll(namesOfTypes(file));
			}
		}
		names.removeAll(ONLY_COMPARED);
		assertThat(names).contains("reactor.netty.Connection")
			.allMatch((name) -> RuntimeHintsPredicates.reflection().onType(TypeReference.of(name)).test(HINTS));
	}

	@Test
	void everyPropertyIsBound() {
		assertThat(assertBound(ThrottleProperties.class)).contains(ScopeProperties.class, PlanProperties.class,
				OutgoingProperties.class, HttpClientProperties.Retry.class);
	}

	private static Set<Class<?>> assertBound(Class<?> type) {
		Set<Class<?>> types = new LinkedHashSet<>(Set.of(type));
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (property.getName().equals("class")) {
				continue;
			}
			Stream.of(property.getReadMethod(), property.getWriteMethod())
				.filter(Objects::nonNull)
				.forEach(ThrottleRuntimeHintsTests::assertInvoked);
			ResolvableType value = ResolvableType.forMethodReturnType(property.getReadMethod());
			Class<?> nested = (value.asMap() != ResolvableType.NONE) ? value.asMap().resolveGeneric(1)
					: value.toClass();
			if (nested.getPackage() == ThrottleProperties.class.getPackage() && !nested.isEnum()) {
				types.addAll(assertBound(nested));
			}
		}
		return types;
	}

	@Test
	void answersAreWritten() {
		for (Class<?> type : Stream
			.concat(Stream.of(Usage.class, ThrottlesWebEndpointExtension.ProblemDescriptor.class),
					Stream.of(ThrottlesEndpoint.class.getDeclaredClasses()))
			.filter(Class::isRecord)
			.toList()) {
			Stream.of(type.getRecordComponents()).forEach((component) -> assertInvoked(component.getAccessor()));
		}
	}

	@Test
	void annotationsOfInterfacesAndSuperclassesAreRead() {
		for (Class<?> type : List.of(Contract.class, Handlers.class, Texts.class, AbstractSender.class, Sender.class)) {
			Stream.of(type.getDeclaredMethods()).forEach(ThrottleRuntimeHintsTests::assertInvoked);
		}
		assertThat(RuntimeHintsPredicates.reflection().onMethod(Untouched.class, "run").invoke()).rejects(HINTS);
	}

	@Test
	void expressionsReadThePropertiesOfParameters() throws ReflectiveOperationException {
		assertInvoked(Message.class.getMethod("to"));
		assertInvoked(Person.class.getMethod("getPhone"));
		assertInvoked(Client.class.getMethod("key", String.class));
		assertThat(RuntimeHintsPredicates.reflection().onType(Unread.class)).rejects(HINTS);
	}

	@Test
	void proxyOfABeanWithLimitedMethodsIsGenerated() {
		assertThat(GENERATED.getGeneratedFiles(GeneratedFiles.Kind.CLASS))
			.containsKey(ClassUtils.convertClassNameToResourcePath(Sender.class.getName()) + "$$SpringCGLIB$$0.class");
	}

	@ParameterizedTest
	@CsvSource({ "dev.throttle.reactive.FailingHandler$Failure, fail",
			"dev.throttle.servlet.gateway.ThrottleFilterSupplier$Filters, throttle",
			"dev.throttle.reactive.gateway.ThrottleGatewayFilterFactory$Config, setScope",
			"org.springframework.boot.autoconfigure.web.servlet.error.ErrorViewResolver, resolveErrorView",
			"org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver, resolveErrorView",
			"org.springframework.security.web.SecurityFilterChain, matches",
			"org.springframework.security.web.SecurityFilterChain, getFilters",
			"org.springframework.security.web.server.SecurityWebFilterChain, matches",
			"org.springframework.security.web.server.SecurityWebFilterChain, getWebFilters",
			"org.springframework.security.core.Authentication, getAuthorities",
			"org.springframework.security.core.GrantedAuthority, getAuthority" })
	void methodIsCalledByReflection(String type, String method) {
		TypeHint hint = HINTS.reflection().getTypeHint(TypeReference.of(type));
		assertThat(hint.methods().map(ExecutableHint::getName).toList().contains(method)
				|| hint.getMemberCategories().contains(MemberCategory.INVOKE_DECLARED_METHODS))
			.isTrue();
	}

	@Test
	void embeddedServersAreInspected() {
		assertCalled(AnnotationConfigServletWebServerApplicationContext.class, "getWebServer");
		assertCalled(AnnotationConfigReactiveWebServerApplicationContext.class, "getWebServer");
		assertCalled(TomcatWebServer.class, "getTomcat");
		assertCalled(Tomcat.class, "getEngine");
		assertCalled(StandardEngine.class, "getPipeline");
		assertCalled(StandardEngine.class, "findChildren");
		assertCalled(StandardPipeline.class, "getValves");
		assertThat(RuntimeHintsPredicates.reflection().onField(JettyWebServer.class, "connectors")).accepts(HINTS);
		assertCalled(ServerConnector.class, "getConnectionFactories");
		assertCalled(HttpConnectionFactory.class, "getHttpConfiguration");
		assertCalled(HttpConfiguration.class, "getCustomizers");
	}

	@Test
	void poolOfItsOwnHasTheSettingsOfTheApplications() {
		assertThat(RuntimeHintsPredicates.reflection().onField(HikariConfig.class, "jdbcUrl")).accepts(HINTS);
	}

	private static void assertCalled(Class<?> type, String method) {
		assertInvoked(ReflectionUtils.findMethod(type, method));
	}

	private static void assertInvoked(Method method) {
		assertThat(RuntimeHintsPredicates.reflection().onMethod(method).invoke()).as("%s", method).accepts(HINTS);
	}

	/**
	 * Return what the configuration of a module without Spring keeps in an image.
	 */
	private static Predicate<String> hinted(Path configuration) throws IOException {
		Path file = configuration.resolve("resource-config.json");
		if (!Files.exists(file)) {
			return (name) -> false;
		}
		List<String> patterns = new ArrayList<>();
		for (JsonNode include : new ObjectMapper().readTree(file.toFile()).at("/resources/includes")) {
			patterns.add(include.get("pattern").asText());
		}
		return (name) -> patterns.stream().anyMatch(name::matches);
	}

	private static List<String> files(Path directory) throws IOException {
		if (!Files.exists(directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter(Files::isRegularFile)
				.map((file) -> directory.relativize(file).toString().replace('\\', '/'))
				.toList();
		}
	}

	/**
	 * Return the strings in the code of a class that may be names of types. Those of its
	 * annotations are not among them.
	 */
	private static List<String> namesOfTypes(Resource file) {
		try (InputStream code = file.getInputStream()) {
			ClassReader reader = new ClassReader(code);
			List<String> names = new ArrayList<>();
			char[] buffer = new char[reader.getMaxStringLength()];
			for (int i = 1; i < reader.getItemCount(); i++) {
				int item = reader.getItem(i);
				if (item > 0 && reader.readByte(item - 1) == 8) {
					String text = reader.readUTF8(item, buffer);
					if (text.matches("([a-z0-9]+\\.){2,}[A-Z]\\w*(\\$\\w+)*")) {
						names.add(text);
					}
				}
			}
			return names;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	interface Contract {

		@Throttle(scope = "uploads")
		String upload();

	}

	@RestController
	static class Handlers implements Contract {

		@Override
		@GetMapping("/uploads")
		public String upload() {
			return "uploaded";
		}

	}

	interface Texts {

		@Throttle(scope = "sms", key = "#message.to.phone")
		void send(Message message);

	}

	abstract static class AbstractSender implements Texts {

		@Throttle(scope = "calls")
		public void call(Unread number) {
		}

	}

	static class Sender extends AbstractSender {

		@Override
		public void send(Message message) {
		}

		@Unthrottled
		public void nothing() {
		}

	}

	record Message(Person to) {
	}

	static class Person {

		public String getPhone() {
			return "+49";
		}

	}

	record Unread(String number) {
	}

	static class Untouched {

		public void run() {
		}

	}

}
