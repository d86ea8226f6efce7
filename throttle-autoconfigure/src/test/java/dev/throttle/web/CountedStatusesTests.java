package dev.throttle.web;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CountedStatuses}.
 */
class CountedStatusesTests {

	@Test
	void codesCount() {
		CountedStatuses counted = CountedStatuses.of(List.of("401", " 403 "));
		assertThat(List.of(400, 401, 402, 403, 404)).filteredOn(counted::contains).containsExactly(401, 403);
	}

	@Test
	void classHasAllItsCodes() {
		CountedStatuses counted = CountedStatuses.of(List.of("4xx", "5XX"));
		assertThat(List.of(200, 399, 400, 499, 500, 599, 600)).filteredOn(counted::contains)
			.containsExactly(400, 499, 500, 599);
	}

	@Test
	void lowestAndHighestCodesCount() {
		CountedStatuses counted = CountedStatuses.of(List.of("100", "599"));
		assertThat(counted.contains(100)).isTrue();
		assertThat(counted.contains(599)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "99", "600", "4x", "4xxx", "40x", "0xx", "6xx", "-401", "401-403", "401.0", "", "all",
			"4xx,5xx" })
	void anythingElseIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> CountedStatuses.of(List.of("401", value)))
			.withMessage("'" + value + "', which is neither a status code nor a class of status codes");
	}

}
