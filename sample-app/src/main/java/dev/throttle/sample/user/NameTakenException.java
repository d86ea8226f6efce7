package dev.throttle.sample.user;

import java.util.List;

import dev.throttle.sample.problem.FieldProblem;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Thrown if a user name is taken.
 */
class NameTakenException extends ErrorResponseException {

	NameTakenException(String username) {
		super(HttpStatus.CONFLICT, problem(username), null);
	}

	private static ProblemDetail problem(String username) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT,
				"The name '" + username + "' is taken.");
		problem.setProperty("errors", List.of(new FieldProblem("username", "is taken")));
		return problem;
	}

}
