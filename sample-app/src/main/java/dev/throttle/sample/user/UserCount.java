package dev.throttle.sample.user;

import org.springframework.stereotype.Component;

/**
 * Tells other parts of the sample how many developers have signed up.
 */
@Component
public class UserCount {

	private final UserRepository users;

	UserCount(UserRepository users) {
		this.users = users;
	}

	/**
	 * Return how many developers have signed up.
	 * @return the number
	 */
	public long get() {
		return this.users.count();
	}

}
