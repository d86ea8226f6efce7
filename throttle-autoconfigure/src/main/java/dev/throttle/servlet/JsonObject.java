package dev.throttle.servlet;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A flat JSON object, written by hand so that no JSON library is needed.
 */
final class JsonObject {

	private final StringBuilder json = new StringBuilder("{");

	void add(String name, String value) {
		addRaw(name, quote(value));
	}

	void add(String name, int value) {
		addRaw(name, Integer.toString(value));
	}

	void add(String name, List<String> values) {
		addRaw(name, values.stream().map(JsonObject::quote).collect(Collectors.joining(",", "[", "]")));
	}

	private void addRaw(String name, String value) {
		if (this.json.length() > 1) {
			this.json.append(',');
		}
		this.json.append(quote(name)).append(':').append(value);
	}

	private static String quote(String value) {
		StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if (character == '"' || character == '\\') {
				quoted.append('\\').append(character);
			}
			else if (character < ' ' || Character.isSurrogate(character)) {
				quoted.append(String.format("\\u%04x", (int) character));
			}
			else {
				quoted.append(character);
			}
		}
		return quoted.append('"').toString();
	}

	@Override
	public String toString() {
		return this.json + "}";
	}

}
