package dev.throttle.backend.jdbc;

import java.sql.SQLException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the log says about failures that are alike.
 */
class RefusalTests {

	@ParameterizedTest
	@CsvSource({ "42P05, prepareThreshold=0", "26000, prepareThreshold=0", "42P01, a table or function is missing",
			"42883, a table or function is missing", "42501, lacks a right", "25006, read-only" })
	void adviceFitsTheFailure(String state, String advice) {
		assertThat(Refusal.of(new SQLException("failed", state))).isNotNull()
			.extracting(Refusal::advice)
			.asString()
			.contains(advice);
	}

}
