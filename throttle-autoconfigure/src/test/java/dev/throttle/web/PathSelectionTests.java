package dev.throttle.web;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.server.PathContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathSelection}.
 */
class PathSelectionTests {

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "/**, /orders", "/orders, /orders", "/orders/**, /orders", "/orders/**, /orders/{id}/lines/**",
					"/orders/*, /orders/{id:[0-9]{3}}", "/orders/{id:[0-9]+}, /orders/{id:[0-9]+}",
					"/files/*.txt, /files/{name}.txt", "/files/**, /files/{*rest}", "/v?/orders, /v?/orders" })
	void allPathsOfAPatternAreExcluded(String excluded, String mapped) {
		assertThat(excluding(excluded).excludesAll(List.of(mapped))).isTrue();
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "/orders, /**", "/orders, /orders/{id}", "/orders/*, /orders/**", "/orders/*, /orders/{*rest}",
					"/orders/open, /orders/{id}", "/orders/{id:[0-9]+}, /orders/{id}", "/files/*.txt, /files/{name}",
					"/v1/orders, /v?/orders", "/orders/*/lines, /orders/**" })
	void somePathsOfAPatternAreNotExcluded(String excluded, String mapped) {
		assertThat(excluding(excluded).excludesAll(List.of(mapped))).isFalse();
	}

	@Test
	void allPatternsOfAHandlerCount() {
		assertThat(excluding("/orders").excludesAll(List.of("/orders", "/carts"))).isFalse();
		assertThat(excluding("/orders", "/carts").excludesAll(List.of("/orders", "/carts"))).isTrue();
		assertThat(excluding("/**").excludesAll(List.of())).isFalse();
		assertThat(excluding().excludesAll(List.of("/orders"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/login/", "/Login", "/LOGIN/" })
	void spellingThatAnApplicationMayAcceptIsIncludedButNotExcluded(String path) {
		assertThat(new PathSelection(List.of("/login"), List.of()).selects(new Sent("/login"))).isTrue();
		assertThat(new PathSelection(List.of("/login"), List.of()).selects(new Sent(path))).isTrue();
		assertThat(excluding("/login").excludes(new Sent("/login"))).isTrue();
		assertThat(excluding("/login").excludes(new Sent(path))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "", "//", "/login/x", "/log", "/login//" })
	void otherPathIsNotIncluded(String path) {
		assertThat(new PathSelection(List.of("/login"), List.of()).selects(new Sent(path))).isFalse();
	}

	private static PathSelection excluding(String... patterns) {
		return new PathSelection(List.of(), List.of(patterns));
	}

	private record Sent(String path) implements PathSelection.Path {

		@Override
		public PathContainer asSent() {
			return PathContainer.parsePath(this.path);
		}

		@Override
		public PathContainer normalized() {
			return asSent();
		}

	}

}
