package dev.throttle.sample.security;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.stereotype.Component;

/**
 * The users alice and bob, who have no account but a name and a password for HTTP basic
 * authentication. Everybody knows their passwords: they are there unless the property
 * {@code sample.demo-users} is {@code false}.
 */
@Component
public class BasicUsers {

	private final InMemoryUserDetailsManager details = new InMemoryUserDetailsManager();

	BasicUsers(@Value("${sample.demo-users:true}") boolean demoUsers) {
		if (demoUsers) {
			this.details.createUser(User.withUsername("alice").password("{noop}alice").build());
			this.details.createUser(User.withUsername("bob").password("{noop}bob").build());
		}
	}

	/**
	 * Return whether a name is one of theirs.
	 * @param username the name
	 * @return whether it is
	 */
	public boolean exists(String username) {
		return this.details.userExists(username);
	}

	UserDetailsService details() {
		return this.details;
	}

}
