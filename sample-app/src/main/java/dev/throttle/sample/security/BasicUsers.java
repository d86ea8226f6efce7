package dev.throttle.sample.security;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The users who have no account but a name and a password for HTTP basic authentication:
 * alice and bob, and the operator, who is there once the property
 * {@code sample.operator.password} is set.
 */
@Component
public class BasicUsers {

	static final String OPERATOR_ROLE = "OPERATOR";

	private static final String OPERATOR = "operator";

	private final InMemoryUserDetailsManager details = new InMemoryUserDetailsManager(
			User.withUsername("alice").password("{noop}alice").build(),
			User.withUsername("bob").password("{noop}bob").build());

	BasicUsers(@Value("${sample.operator.password:}") String operatorPassword) {
		if (StringUtils.hasText(operatorPassword)) {
			this.details.createUser(
					User.withUsername(OPERATOR).password("{noop}" + operatorPassword).roles(OPERATOR_ROLE).build());
		}
	}

	/**
	 * Return whether a name is one of theirs, which no developer can have.
	 * @param username the name
	 * @return whether it is
	 */
	public boolean exists(String username) {
		return username.equalsIgnoreCase(OPERATOR) || this.details.userExists(username);
	}

	UserDetailsService details() {
		return this.details;
	}

}
