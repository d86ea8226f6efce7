package dev.throttle.backend.jdbc;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows of this module.
 */
class JdbcArchitectureTests {

	private static final String PACKAGE = "dev.throttle.backend.jdbc";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(PACKAGE);

	@Test
	void jdbcKnowsTheRemoteRoomTheContractAndTheWords() {
		classes().should()
			.onlyDependOnClassesThat(resideOutsideOfPackage("dev.throttle..")
				.or(resideInAnyPackage(PACKAGE, "dev.throttle.backend.remote", "dev.throttle.backend", "dev.throttle")))
			.check(CLASSES);
	}

	@Test
	void packageIsNullMarked() {
		assertThat(CLASSES).isNotEmpty()
			.extracting(JavaClass::getPackage)
			.allMatch((location) -> location.isAnnotatedWith(NullMarked.class));
	}

}
