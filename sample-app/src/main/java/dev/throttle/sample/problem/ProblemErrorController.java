package dev.throttle.sample.problem;

import java.net.URI;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers failures that no exception handler answered, and requests that the server or a
 * filter refuses.
 */
@RestController
class ProblemErrorController implements ErrorController {

	@RequestMapping("/error")
	ProblemDetail error(HttpServletRequest request) {
		Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
		ProblemDetail problem = ProblemDetail
			.forStatus((status instanceof Integer code) ? code : HttpStatus.NOT_FOUND.value());
		if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path) {
			problem.setInstance(URI.create(path));
		}
		return problem;
	}

}
