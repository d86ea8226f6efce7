package dev.throttle.sample.apikey;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Thrown if a request has no API key.
 */
class MissingApiKeyException extends ErrorResponseException {

	MissingApiKeyException() {
		super(HttpStatus.BAD_REQUEST, ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST,
				"Send your API key in the header X-API-Key, or in Authorization as 'Bearer <key>'."), null);
	}

}
