package dev.throttle.sample.user;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * A request to sign up.
 *
 * @param username the name, whose case does not matter
 * @param email the mail address
 * @param password the password
 */
record SignUpRequest(@NotNull @Pattern(regexp = "[A-Za-z0-9][A-Za-z0-9._-]{2,31}",
		message = "must be 3 to 32 letters, digits, '.', '_' or '-', the first a letter or digit") String username,
		@NotBlank @Email @Size(max = 254) String email,
		@NotNull @Size(min = 8, message = "must be at least {min} characters long") @Pattern(regexp = "(?sU).*\\S.*",
				message = "must not be blank") @MaxBytes(LoginRequest.MAX_PASSWORD_BYTES) String password) {

	/**
	 * Return a text for logs, without the password.
	 */
	@Override
	public String toString() {
		return "SignUpRequest[username=" + this.username + "]";
	}

}
