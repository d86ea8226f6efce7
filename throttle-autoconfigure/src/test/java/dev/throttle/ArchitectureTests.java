package dev.throttle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that dependencies go downwards only: from the auto-configuration to Spring MVC
 * and WebFlux, to what is of both web stacks and to the handlers, and to the core.
 */
class ArchitectureTests {

	private static final String AUTOCONFIGURE = "dev.throttle.autoconfigure..";

	private static final String SERVLET = "dev.throttle.servlet..";

	private static final String REACTIVE = "dev.throttle.reactive..";

	private static final String WEB = "dev.throttle.web..";

	private static final String HANDLER = "dev.throttle.handler..";

	private static final String USAGE = "dev.throttle.usage..";

	private static final String METHOD = "dev.throttle.method..";

	private static final String HTTP = "dev.throttle.http..";

	private static final String REDIS = "dev.throttle.redis..";

	private static final String JDBC = "dev.throttle.jdbc..";

	private static final String ACTUATE = "dev.throttle.actuate..";

	private static final String METRICS = "dev.throttle.metrics..";

	private static final String OPENAPI = "dev.throttle.openapi..";

	private static final String[] CORE = { "dev.throttle", "dev.throttle.client..", "dev.throttle.engine..",
			"dev.throttle.limiter..", "dev.throttle.backend.." };

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption((location) -> !location.contains("/dev/throttle/test/"))
		.importPackages("dev.throttle");

	@Test
	void packagesHaveNoCycles() {
		check(slices().matching("dev.throttle.(*)..").should().beFreeOfCycles());
	}

	@Test
	void nothingDependsOnTheAutoConfiguration() {
		check(noClasses().that()
			.resideOutsideOfPackage(AUTOCONFIGURE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(AUTOCONFIGURE));
	}

	@Test
	void onlyTheAutoConfigurationDependsOnTheServletPackage() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, SERVLET)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(SERVLET));
	}

	@Test
	void onlyTheAutoConfigurationDependsOnTheReactivePackage() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, REACTIVE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(REACTIVE));
	}

	@Test
	void reactorIsMetWhereRequestsComeInAndGoOutOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, REACTIVE, HTTP)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.web.reactive..", "org.springframework.web.server.."));
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, REACTIVE, METHOD, HTTP)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("reactor.."));
	}

	@Test
	void methodsKnowTheHandlersAndTheCoreOnly() {
		check(noClasses().that()
			.resideInAPackage(METHOD)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, REDIS, JDBC, ACTUATE, METRICS,
					"org.springframework.web..", "jakarta.servlet.."));
	}

	@Test
	void onlyTheAutoConfigurationDependsOnTheMethodPackage() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, METHOD)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(METHOD));
	}

	@Test
	void callsThatGoOutKnowNothingOfThoseThatComeIn() {
		check(noClasses().that()
			.resideInAPackage(HTTP)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, HANDLER, REDIS, JDBC, ACTUATE, METRICS));
	}

	@Test
	void webAndHandlersKnowTheCoreOnly() {
		check(noClasses().that()
			.resideInAPackage(WEB)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, HANDLER, USAGE, HTTP, REDIS, JDBC, ACTUATE, METRICS));
		check(noClasses().that()
			.resideInAPackage(HANDLER)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, USAGE, HTTP, REDIS, JDBC, ACTUATE, METRICS));
	}

	@Test
	void usageKnowsTheHandlersAndTheCoreOnly() {
		check(noClasses().that()
			.resideInAPackage(USAGE)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, REDIS, JDBC, ACTUATE, METRICS,
					"org.springframework.."));
	}

	@Test
	void webHandlersAndOpenApiNameNoWebStack() {
		check(noClasses().that()
			.resideInAnyPackage(WEB, HANDLER, OPENAPI)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet..",
					"org.springframework.web.filter..", "org.springframework.http.server.observation..",
					"org.springframework.web.reactive..", "org.springframework.web.server..",
					"org.springframework.http.server.reactive..", "reactor.."));
	}

	@Test
	void onlyTheWebStacksTheAutoConfigurationAndOpenApiDependOnTheWebPackage() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, OPENAPI)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(WEB));
	}

	@Test
	void coreDependsOnNothingAboveIt() {
		check(noClasses().that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, HANDLER, USAGE, METHOD, HTTP, REDIS, JDBC,
					ACTUATE, METRICS, "org.springframework.."));
	}

	@Test
	void servletApiIsMetInItsPackageOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, SERVLET)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet.."));
	}

	@Test
	void gatewayIsMetInItsPackagesOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, "dev.throttle.servlet.gateway", "dev.throttle.reactive.gateway")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.cloud.."));
	}

	@Test
	void springDataIsMetWhereConnectionsAreMadeAndFoundOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, REDIS)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.data.."));
	}

	@Test
	void connectionsKnowNothingOfTheHandlersAndTheEngine() {
		check(noClasses().that()
			.resideInAnyPackage(REDIS, JDBC)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(HANDLER, WEB, SERVLET, REACTIVE, ACTUATE, "dev.throttle.engine.."));
	}

	@Test
	void lettuceIsMetBehindTheBackendOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(REDIS, "dev.throttle.backend.redis..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.lettuce.."));
	}

	@Test
	void connectionPoolIsMetInItsPackageOnly() {
		check(noClasses().that()
			.resideOutsideOfPackage(JDBC)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("com.zaxxer.."));
	}

	@Test
	void springBootIsMetInTheAutoConfigurationAndTheEndpointOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, ACTUATE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot.."));
	}

	@Test
	void onlyTheAutoConfigurationDependsOnTheEndpoint() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, ACTUATE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ACTUATE));
	}

	@Test
	void librariesThatApplicationsChooseAreNotUsed() {
		check(noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("com.fasterxml.jackson..", "tools.jackson..", "org.springframework.security..",
					"lombok.."));
	}

	@Test
	void autoConfigurationsAreFinalAndHaveNoPublicMembers() {
		check(classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.andShould(haveNoPublicMembers()));
	}

	@Test
	void noConditionIsOnProperties() {
		check(noClasses().should()
			.dependOnClassesThat()
			.areAssignableTo(SpringBootCondition.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ConditionalOnProperty.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ConditionalOnBooleanProperty.class)
			.because("ahead-of-time processing decides conditions at build time"));
	}

	@Test
	void packagesAreNullMarked() {
		check(classes().should(resideInANullMarkedPackage()));
	}

	/**
	 * What else a package says stands under headings.
	 */
	@Test
	void packagesSayInOneSentenceWhatTheyAre() throws IOException {
		for (String module : List.of("throttle-core", "throttle-jdbc", "throttle-redis", "throttle-autoconfigure",
				"throttle-test")) {
			try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
				assertThat(sources.filter((file) -> file.toString().endsWith(".java")).map(Path::getParent).distinct())
					.isNotEmpty()
					.allSatisfy((folder) -> assertThat(folder.resolve("package-info.java")).content()
						.matches("(?s)/\\*\\*[^.]+\\.[\\s*]+(<h2>.+)?\\*/.*"));
			}
		}
	}

	@Test
	void everyClassIsInALayer() {
		check(classes().should()
			.resideInAnyPackage("dev.throttle", "dev.throttle.client..", "dev.throttle.engine..",
					"dev.throttle.limiter..", "dev.throttle.backend..", AUTOCONFIGURE, SERVLET, REACTIVE, WEB, HANDLER,
					METHOD, USAGE, HTTP, REDIS, JDBC, ACTUATE, METRICS, OPENAPI));
	}

	@Test
	void metricsKnowTheCoreAndCallsThatGoOutOnly() {
		check(noClasses().that()
			.resideInAPackage(METRICS)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, WEB, HANDLER, USAGE, "org.springframework.."));
	}

	@Test
	void onlyTheAutoConfigurationDependsOnOpenApi() {
		check(noClasses().that()
			.resideOutsideOfPackages(AUTOCONFIGURE, OPENAPI)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(OPENAPI));
	}

	@Test
	void openApiKnowsTheHandlersWhatIsOfBothStacksAndTheCoreOnly() {
		check(noClasses().that()
			.resideInAPackage(OPENAPI)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(AUTOCONFIGURE, SERVLET, REACTIVE, USAGE, METHOD, HTTP, REDIS, JDBC, ACTUATE, METRICS));
	}

	@Test
	void springdocIsMetInItsPackageOnly() {
		check(noClasses().that()
			.resideOutsideOfPackage(OPENAPI)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springdoc..", "io.swagger.."));
	}

	@Test
	void micrometerIsMetInTheMetricsOnly() {
		check(noClasses().that()
			.resideOutsideOfPackages(METRICS, AUTOCONFIGURE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer.core.."));
	}

	private static void check(ArchRule rule) {
		rule.check(CLASSES);
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				for (JavaMember member : type.getMembers()) {
					boolean defaultConstructor = member.getName().equals("<init>");
					if (member.getModifiers().contains(JavaModifier.PUBLIC) && !defaultConstructor) {
						events.add(SimpleConditionEvent.violated(member, member.getFullName() + " is public"));
					}
				}
			}

		};
	}

	private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
		return new ArchCondition<>("reside in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
				}
			}

		};
	}

}
