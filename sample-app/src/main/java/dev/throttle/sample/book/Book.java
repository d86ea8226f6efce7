package dev.throttle.sample.book;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * A book of a developer.
 */
@Entity
@Table(name = "books")
class Book {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private @Nullable Long id;

	private String author;

	private String title;

	private Instant createdAt;

	@SuppressWarnings("NullAway.Init")
	protected Book() {
	}

	Book(String author, String title) {
		this.author = author;
		this.title = title;
		this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
	}

	@Nullable Long id() {
		return this.id;
	}

	String author() {
		return this.author;
	}

	String title() {
		return this.title;
	}

	Instant createdAt() {
		return this.createdAt;
	}

}
