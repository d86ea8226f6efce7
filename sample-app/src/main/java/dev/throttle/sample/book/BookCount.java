package dev.throttle.sample.book;

import org.springframework.stereotype.Component;

/**
 * Tells other parts of the sample how many books all developers have.
 */
@Component
public class BookCount {

	private final BookRepository books;

	BookCount(BookRepository books) {
		this.books = books;
	}

	/**
	 * Return how many books all developers have.
	 * @return the number
	 */
	public long get() {
		return this.books.count();
	}

}
