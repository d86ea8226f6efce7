package dev.throttle.docs;

import org.jspecify.annotations.Nullable;

/**
 * A fenced block of a page.
 *
 * @param page the page
 * @param line the number of its first line
 * @param section the number of its section in the page
 * @param language the word after the fence
 * @param text the text
 * @param notRun why it is not run, null if it is
 */
record Snippet(Page page, int line, int section, String language, String text, @Nullable String notRun) {

	@Override
	public String toString() {
		return this.page + ":" + this.line;
	}

}
