package dev.throttle.sample.user;

import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

/**
 * Finds developers for Spring Security.
 */
@Service
class DeveloperDetailsService implements UserDetailsService {

	private final UserRepository users;

	DeveloperDetailsService(UserRepository users) {
		this.users = users;
	}

	@Override
	public UserDetails loadUserByUsername(String username) {
		User user = this.users.findByUsername(username)
			.orElseThrow(() -> new UsernameNotFoundException("No such user"));
		return org.springframework.security.core.userdetails.User.withUsername(user.username())
			.password(user.password())
			.build();
	}

}
