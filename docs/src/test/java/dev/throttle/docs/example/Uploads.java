package dev.throttle.docs.example;

import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Keeps uploads.
 */
public interface Uploads {

	/**
	 * Handle a request.
	 * @param request the request
	 * @return the answer
	 */
	ServerResponse store(ServerRequest request);

}
