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
 * The users without an account, who log in with HTTP Basic: alice and bob, whose
 * passwords are public, unless {@code sample.demo-users} is {@code false}, and the
 * operator, if {@code sample.operator.password} is set.
 */
@Component
public class BasicUsers {

	static final String OPERATOR_ROLE = "OPERATOR";

	private static final String OPERATOR = "operator";

	/**
	 * A fast encoder is enough: these passwords are in the configuration, and are checked
	 * on each request.
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
	 * Return whether a name belongs to one of these users, so that no developer can have
	 * it.
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
