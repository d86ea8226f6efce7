package dev.throttle.sample.upload;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * An upload that does not say how long it is, so that its cost cannot be known before it
 * is read.
 */
class LengthRequiredException extends ErrorResponseException {

	LengthRequiredException() {
		super(HttpStatus.LENGTH_REQUIRED, ProblemDetail.forStatusAndDetail(HttpStatus.LENGTH_REQUIRED,
				"Uploads are counted by their size: send Content-Length, not a chunked body."), null);
	}

}
