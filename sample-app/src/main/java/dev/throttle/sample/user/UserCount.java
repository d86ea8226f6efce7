package dev.throttle.sample.user;

import org.springframework.stereotype.Component;

/**
 * Lets other packages of the sample count the developers.
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
