package dev.throttle.web;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JsonObject}.
 */
class JsonObjectTests {

	private final JsonObject json = new JsonObject();

	@Test
	void empty() {
		assertThat(this.json).hasToString("{}");
	}

	@Test
	void membersKeepTheirOrder() {
		this.json.add("b", "x");
		this.json.add("a", -1);
		this.json.add("c", List.of());
		this.json.add("d", List.of("y", "z"));
		assertThat(this.json).hasToString("{\"b\":\"x\",\"a\":-1,\"c\":[],\"d\":[\"y\",\"z\"]}");
	}

	@Test
	void whatJsonDoesNotAllowIsEscaped() {
		this.json.add("q\"", "\" \\ / \b\f\n\r\t\u0000\u001f\u007f é \ud83d\ude00 \ud800");
		assertThat(this.json).hasToString(
				"{\"q\\\"\":\"\\\" \\\\ / \\u0008\\u000c\\u000a\\u000d\\u0009\\u0000\\u001f\u007f é \\ud83d\\ude00 \\ud800\"}");
	}

}
