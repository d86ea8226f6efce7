package dev.throttle.handler;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Mistake}.
 */
class MistakeTests {

	@Test
	void everyKindStopsAStart() {
		JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("dev.throttle");
		Set<String> given = classes.stream()
			.filter((type) -> !type.isEquivalentTo(Mistake.class))
			.flatMap((type) -> type.getFieldAccessesFromSelf().stream())
			.map(JavaFieldAccess::getTarget)
			.filter((field) -> field.getOwner().isEquivalentTo(Mistake.class))
			.map((field) -> field.getName())
			.collect(Collectors.toSet());
		assertThat(Stream.of(Mistake.values()).map(Enum::name)).isSubsetOf(given);
	}

	@Test
	void actionEndsWithTheLinkToTheExplanation() {
		assertThat(Mistake.UNUSED_RATE.withLink("Remove the rate."))
			.isEqualTo("Remove the rate. See https://throttle.dev/errors#unused-rate");
	}

}
