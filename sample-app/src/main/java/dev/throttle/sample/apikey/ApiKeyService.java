package dev.throttle.sample.apikey;

import java.util.Optional;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Creates, replaces and finds API keys. Nothing is cached between requests, so a replaced
 * key is invalid at once in every instance.
 */
@Service
public class ApiKeyService {

	private final ApiKeyRepository keys;

	ApiKeyService(ApiKeyRepository keys) {
		this.keys = keys;
	}

	/**
	 * Create the first key of a developer.
	 * @param userId the number of the developer
	 * @param username the name of the developer
	 * @return the key
	 */
	@Transactional
	public NewApiKey create(long userId, String username) {
		KeyText text = KeyText.random();
		ApiKey key = this.keys.save(new ApiKey(userId, username, text));
		return new NewApiKey(text.text(), key.createdAt());
	}

	@Transactional
	Optional<NewApiKey> replace(String username) {
		return this.keys.findByUsername(username).map((key) -> {
			KeyText text = KeyText.random();
			key.replace(text);
			return new NewApiKey(text.text(), key.createdAt());
		});
	}

	Optional<ApiKeySummary> find(String username) {
		return this.keys.findByUsername(username).map(ApiKeySummary::of);
	}

	Optional<ApiKey> findOwner(String key) {
		return KeyText.of(key).flatMap((text) -> this.keys.findByHash(text.hash()));
	}

}
