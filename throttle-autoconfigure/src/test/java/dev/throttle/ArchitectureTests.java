package dev.throttle;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Tests that dependencies go downwards only: from the auto-configuration to the servlet
 * interceptor, to the handlers and to the core.
 */
@AnalyzeClasses(packages = "dev.throttle", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String AUTOCONFIGURE = "dev.throttle.autoconfigure..";

	private static final String SERVLET = "dev.throttle.servlet..";

	private static final String HANDLER = "dev.throttle.handler..";

	private static final String[] CORE = { "dev.throttle", "dev.throttle.client..", "dev.throttle.engine..",
			"dev.throttle.backend.." };

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("dev.throttle.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule nothingDependsOnTheAutoConfiguration = noClasses().that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE);

	@ArchTest
	static final ArchRule onlyTheAutoConfigurationDependsOnTheServletPackage = noClasses().that()
		.resideOutsideOfPackages(AUTOCONFIGURE, SERVLET)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(SERVLET);

	@ArchTest
	static final ArchRule coreDependsOnNothingAboveIt = noClasses().that()
		.resideInAnyPackage(CORE)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(AUTOCONFIGURE, SERVLET, HANDLER, "org.springframework..");

	@ArchTest
	static final ArchRule servletApiIsMetInItsPackageOnly = noClasses().that()
		.resideOutsideOfPackages(AUTOCONFIGURE, SERVLET)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.servlet..");

	@ArchTest
	static final ArchRule springBootIsMetInTheAutoConfigurationOnly = noClasses().that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	static final ArchRule librariesThatApplicationsChooseAreNotUsed = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.fasterxml.jackson..", "tools.jackson..", "org.springframework.security..", "lombok..");

	@ArchTest
	static final ArchRule autoConfigurationsAreFinalAndHaveNoPublicMembers = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.andShould(haveNoPublicMembers());

	@ArchTest
	static final ArchRule conditionsAreNotPublic = classes().that()
		.areAssignableTo(SpringBootCondition.class)
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule packagesAreNullMarked = classes().should(resideInANullMarkedPackage());

	@ArchTest
	static final ArchRule everyClassIsInALayer = classes().should()
		.resideInAnyPackage("dev.throttle", "dev.throttle.client..", "dev.throttle.engine..", "dev.throttle.backend..",
				AUTOCONFIGURE, SERVLET, HANDLER);

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
