package dev.throttle.sample.user;

import dev.throttle.sample.apikey.ApiKeyService;
import dev.throttle.sample.apikey.NewApiKey;
import dev.throttle.sample.security.BasicUsers;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Signs developers up and gives each an API key.
 */
@Service
class SignUpService {

	private final UserRepository users;

	private final ApiKeyService apiKeys;

	private final PasswordEncoder passwords;

	private final BasicUsers basicUsers;

	SignUpService(UserRepository users, ApiKeyService apiKeys, PasswordEncoder passwords, BasicUsers basicUsers) {
		this.users = users;
		this.apiKeys = apiKeys;
		this.passwords = passwords;
		this.basicUsers = basicUsers;
	}

	/**
	 * Sign a developer up. If several want the same name at once, the database gives it
	 * to one.
	 */
	@Transactional
	SignUpResponse signUp(SignUpRequest request) {
		String username = Usernames.canonical(request.username());
		if (this.basicUsers.exists(username) || this.users.findByUsername(username).isPresent()) {
			throw new NameTakenException(username);
		}
		User user = store(new User(username, request.email(), encode(request.password())));
		NewApiKey apiKey = this.apiKeys.create(user.id(), username);
		return new SignUpResponse(username, apiKey.apiKey());
	}

	private String encode(String password) {
		String encoded = this.passwords.encode(password);
		if (encoded == null) {
			throw new IllegalStateException("No encoder makes null of a password");
		}
		return encoded;
	}

	private User store(User user) {
		try {
			return this.users.saveAndFlush(user);
		}
		catch (DataIntegrityViolationException ex) {
			throw new NameTakenException(user.username());
		}
	}

}
