package dev.throttle.docs.example;

import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Shows articles.
 */
public interface Articles {

	/**
	 * Handle a request.
	 * @param request the request
	 * @return the answer
	 */
	ServerResponse list(ServerRequest request);

}
