package dev.throttle.sample.book;

import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The books of all developers.
 */
interface BookRepository extends JpaRepository<Book, Long> {

	List<Book> findTop100ByAuthorOrderByIdDesc(String author);

}
