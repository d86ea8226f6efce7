package dev.throttle.sample.apikey;

import java.util.Optional;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The API keys, one for each developer.
 */
interface ApiKeyRepository extends JpaRepository<ApiKey, Long> {

	Optional<ApiKey> findByHash(String hash);

	Optional<ApiKey> findByUsername(String username);

}
