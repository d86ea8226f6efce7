package dev.throttle;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * The arrows between the packages of this module.
 */
class ArchitectureTests {

	private static final String WORDS = "dev.throttle";

	private static final String CLIENT = "dev.throttle.client";

	private static final String BACKEND = "dev.throttle.backend";

	private static final String MEMORY = "dev.throttle.backend.memory";

	private static final String REMOTE = "dev.throttle.backend.remote";

	private static final String ENGINE = "dev.throttle.engine";

	private static final String LIMITER = "dev.throttle.limiter";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(WORDS);

	@Test
	void wordsKnowNoOtherPackage() {
		knowsOnly(WORDS).check(CLASSES);
	}

	@Test
	void clientKnowsTheWords() {
		knowsOnly(CLIENT, WORDS).check(CLASSES);
	}

	@Test
	void backendKnowsTheWords() {
		knowsOnly(BACKEND, WORDS).check(CLASSES);
	}

	@Test
	void memoryBackendKnowsTheContractAndTheWords() {
		knowsOnly(MEMORY, BACKEND, WORDS).check(CLASSES);
	}

	@Test
	void remoteRoomKnowsTheContractAndTheWords() {
		knowsOnly(REMOTE, BACKEND, WORDS).check(CLASSES);
	}

	@Test
	void engineKnowsTheContractAndTheWords() {
		knowsOnly(ENGINE, BACKEND, WORDS).check(CLASSES);
	}

	@Test
	void limiterKnowsTheEngineTheContractAndTheWords() {
		knowsOnly(LIMITER, ENGINE, BACKEND, WORDS).check(CLASSES);
	}

	@Test
	void everyPackageHasItsPlace() {
		classes().should().resideInAnyPackage(WORDS, CLIENT, BACKEND, MEMORY, REMOTE, ENGINE, LIMITER).check(CLASSES);
	}

	@Test
	void coreKnowsNeitherSpringNorServletsNorDrivers() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "jakarta..", "javax.servlet..", "io.lettuce..", "java.sql..",
					"javax.sql..")
			.check(CLASSES);
	}

	@Test
	void everyPackageIsNullMarked() {
		classes().should(resideInANullMarkedPackage()).check(CLASSES);
	}

	private static ArchRule knowsOnly(String name, String... others) {
		return classes().that()
			.resideInAPackage(name)
			.should()
			.onlyDependOnClassesThat(resideOutsideOfPackage("dev.throttle..").or(resideInAnyPackage(name))
				.or(resideInAnyPackage(others)));
	}

	private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
		return new ArchCondition<>("reside in a package with @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " of " + type.getName()));
			}

		};
	}

}
