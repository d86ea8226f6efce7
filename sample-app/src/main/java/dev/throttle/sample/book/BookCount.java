package dev.throttle.sample.book;

import org.springframework.stereotype.Component;

/**
 * Lets other packages of the sample count all books.
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
