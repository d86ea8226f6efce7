package dev.throttle.sample.apikey;

import java.security.Principal;

import dev.throttle.Throttle;
import dev.throttle.sample.maintenance.MaintenanceThrottle;
import dev.throttle.sample.security.AddressThrottle;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows and replaces a developer's API key. Needs the access token.
 */
@RestController
@RequestMapping("/users/api-key")
@Throttle(scope = "account", use = { AddressThrottle.class, MaintenanceThrottle.class })
class ApiKeyController {

	private final ApiKeyService keys;

	ApiKeyController(ApiKeyService keys) {
		this.keys = keys;
	}

	@GetMapping
	ApiKeySummary show(Principal developer) {
		return this.keys.find(developer.getName()).orElseThrow(ApiKeyController::userIsGone);
	}

	@PutMapping
	NewApiKey replace(Principal developer) {
		return this.keys.replace(developer.getName()).orElseThrow(ApiKeyController::userIsGone);
	}

	private static AuthenticationException userIsGone() {
		return new BadCredentialsException("The user of the token does not exist.");
	}

}
