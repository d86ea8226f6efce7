package dev.throttle.sample.security;

import java.util.Objects;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder.SecretKeyFactoryAlgorithm;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * The users who have no account but a name and a password for HTTP basic authentication:
 * alice and bob, whose passwords everybody knows, unless the property
 * {@code sample.demo-users} is {@code false}, and the operator, once the property
 * {@code sample.operator.password} is set.
 */
@Component
public class BasicUsers {

	static final String OPERATOR_ROLE = "OPERATOR";

	private static final String OPERATOR = "operator";

	/**
	 * Fast, as there is nothing that a slow one would protect: these passwords stand in
	 * the configuration, and are looked at with each request.
	 */
	private static final PasswordEncoder PASSWORDS = new Pbkdf2PasswordEncoder("", 16, 1,
			SecretKeyFactoryAlgorithm.PBKDF2WithHmacSHA256);

	private final InMemoryUserDetailsManager details = new InMemoryUserDetailsManager();

	BasicUsers(@Value("${sample.demo-users:true}") boolean demoUsers,
			@Value("${sample.operator.password:}") String operatorPassword) {
		if (demoUsers) {
			add("alice", "alice");
			add("bob", "bob");
		}
		if (StringUtils.hasText(operatorPassword)) {
			add(OPERATOR, operatorPassword, OPERATOR_ROLE);
		}
	}

	private void add(String username, String password, String... roles) {
		String encoded = Objects.requireNonNull(PASSWORDS.encode(password));
		this.details.createUser(User.withUsername(username).password(encoded).roles(roles).build());
	}

	/**
	 * Return whether a name is one of theirs, which no developer can have.
	 * @param username the name
	 * @return whether it is
	 */
	public boolean exists(String username) {
		return username.equalsIgnoreCase(OPERATOR) || this.details.userExists(username);
	}

	AuthenticationProvider provider() {
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(this.details);
		provider.setPasswordEncoder(PASSWORDS);
		return provider;
	}

}
