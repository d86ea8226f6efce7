package dev.throttle.web;

import java.util.List;

/**
 * Writes a flat JSON object without a JSON library.
 */
final class JsonObject {

	private static final int USUAL_LENGTH = 320;

	private final StringBuilder json = new StringBuilder(USUAL_LENGTH).append('{');

	/**
	 * Add a member.
	 * @param name its name
	 * @param value a string, a number or a list of strings
	 */
	void add(String name, Object value) {
		if (this.json.length() > 1) {
			this.json.append(',');
		}
		quote(name);
		this.json.append(':');
		if (value instanceof List<?> values) {
			this.json.append('[');
			for (int i = 0; i < values.size(); i++) {
				this.json.append((i > 0) ? "," : "");
				quote(String.valueOf(values.get(i)));
			}
			this.json.append(']');
		}
		else if (value instanceof Number) {
			this.json.append(value);
		}
		else {
			quote(value.toString());
		}
	}

	private void quote(String value) {
		this.json.append('"');
		int written = 0;
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			boolean isQuoted = character == '"' || character == '\\';
			if (isQuoted || character < ' ' || Character.isSurrogate(character)) {
				this.json.append(value, written, i)
					.append(isQuoted ? "\\" + character : String.format("\\u%04x", (int) character));
				written = i + 1;
			}
		}
		this.json.append(value, written, value.length()).append('"');
	}

	@Override
	public String toString() {
		return this.json + "}";
	}

}
