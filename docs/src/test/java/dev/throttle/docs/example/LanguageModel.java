package dev.throttle.docs.example;

/**
 * A language model.
 */
public final class LanguageModel {

	/**
	 * Ask a question.
	 * @param question the question
	 * @return the answer
	 */
	public Answer ask(Question question) {
		return new Answer(question.text(), question.text().length());
	}

}
