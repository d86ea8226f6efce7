package dev.throttle.sample.book;

import java.security.Principal;
import java.time.Instant;
import java.util.List;

import dev.throttle.Throttle;
import dev.throttle.sample.apikey.ApiKeyThrottle;
import dev.throttle.sample.maintenance.MaintenanceThrottle;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The books of the API key's owner. Requests are counted only by that owner.
 */
@RestController
@RequestMapping("/books")
@Throttle(use = { ApiKeyThrottle.class, MaintenanceThrottle.class })
class BookController {

	private final BookRepository books;

	BookController(BookRepository books) {
		this.books = books;
	}

	/**
	 * Return the newest hundred books.
	 */
	@GetMapping
	List<BookResponse> books(Principal author) {
		return this.books.findTop100ByAuthorOrderByIdDesc(author.getName()).stream().map(BookResponse::of).toList();
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	BookResponse write(@Valid @RequestBody BookRequest book, Principal author) {
		return BookResponse.of(this.books.save(new Book(author.getName(), book.title())));
	}

	/**
	 * A book to be stored.
	 *
	 * @param title the title
	 */
	record BookRequest(@NotBlank @Size(max = 200) String title) {
	}

	/**
	 * A book that is stored.
	 *
	 * @param id its number
	 * @param title its title
	 * @param author its author
	 * @param createdAt when it was stored
	 */
	record BookResponse(@Nullable Long id, String title, String author, Instant createdAt) {

		static BookResponse of(Book book) {
			return new BookResponse(book.id(), book.title(), book.author(), book.createdAt());
		}

	}

}
