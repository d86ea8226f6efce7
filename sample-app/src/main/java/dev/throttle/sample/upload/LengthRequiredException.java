package dev.throttle.sample.upload;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Thrown if an upload has no length: its cost is unknown before it is read.
 */
class LengthRequiredException extends ErrorResponseException {

	LengthRequiredException() {
		super(HttpStatus.LENGTH_REQUIRED, ProblemDetail.forStatusAndDetail(HttpStatus.LENGTH_REQUIRED,
				"Uploads are counted by their size: send Content-Length, not a chunked body."), null);
	}

}
