package dev.throttle.sample.user;

import java.util.Optional;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The developers who signed up.
 */
interface UserRepository extends JpaRepository<User, Long> {

	Optional<User> findByUsername(String username);

}
