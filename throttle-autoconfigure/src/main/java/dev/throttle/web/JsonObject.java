package dev.throttle.web;

import java.util.List;

/**
 * A flat JSON object, written by hand so that no JSON library is needed.
 */
final class JsonObject {

	private static final int USUAL_LENGTH = 320;

	private final StringBuilder json = new StringBuilder(USUAL_LENGTH).append('{');

	void add(String name, String value) {
		addName(name);
		quote(value);
	}

	void add(String name, int value) {
		addName(name);
		this.json.append(value);
	}

	void add(String name, List<String> values) {
		addName(name);
		this.json.append('[');
		for (int i = 0; i < values.size(); i++) {
			if (i > 0) {
				this.json.append(',');
			}
			quote(values.get(i));
		}
		this.json.append(']');
	}

	private void addName(String name) {
		if (this.json.length() > 1) {
			this.json.append(',');
		}
		quote(name);
		this.json.append(':');
	}

	private void quote(String value) {
		this.json.append('"');
		if (isPlain(value)) {
			this.json.append(value);
		}
		else {
			escape(value);
		}
		this.json.append('"');
	}

	private static boolean isPlain(String value) {
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if (isQuote(character) || isUnsafe(character)) {
				return false;
			}
		}
		return true;
	}

	private void escape(String value) {
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if (isQuote(character)) {
				this.json.append('\\').append(character);
			}
			else if (isUnsafe(character)) {
				this.json.append(String.format("\\u%04x", (int) character));
			}
			else {
				this.json.append(character);
			}
		}
	}

	private static boolean isQuote(char character) {
		return character == '"' || character == '\\';
	}

	private static boolean isUnsafe(char character) {
		return character < ' ' || Character.isSurrogate(character);
	}

	@Override
	public String toString() {
		return this.json + "}";
	}

}
