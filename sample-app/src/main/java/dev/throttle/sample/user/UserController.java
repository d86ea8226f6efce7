package dev.throttle.sample.user;

import dev.throttle.Throttle;
import dev.throttle.sample.maintenance.MaintenanceThrottle;
import dev.throttle.sample.security.AddressThrottle;
import dev.throttle.sample.security.TokenPair;
import jakarta.validation.Valid;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Signs developers up and logs them in. {@link LoginThrottle} and
 * {@link LoginAddressThrottle} count wrong passwords before they get here.
 */
@RestController
@RequestMapping("/users")
class UserController {

	private final SignUpService signUps;

	private final LoginService logins;

	UserController(SignUpService signUps, LoginService logins) {
		this.signUps = signUps;
		this.logins = logins;
	}

	@PostMapping("/signup")
	@ResponseStatus(HttpStatus.CREATED)
	@Throttle(scope = "signup", use = { AddressThrottle.class, MaintenanceThrottle.class })
	SignUpResponse signUp(@Valid @RequestBody SignUpRequest request) {
		return this.signUps.signUp(request);
	}

	@PostMapping("/login")
	@Throttle(use = MaintenanceThrottle.class)
	TokenPair login(@Valid @RequestBody LoginRequest request) {
		return this.logins.login(request);
	}

	@PostMapping("/login/refresh")
	@Throttle(scope = "refresh", use = { AddressThrottle.class, MaintenanceThrottle.class })
	TokenPair refresh(@Valid @RequestBody RefreshRequest request) {
		return this.logins.refresh(request);
	}

}
