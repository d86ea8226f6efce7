package dev.throttle.servlet;

import dev.throttle.web.PathSelection;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;

/**
 * The path of a servlet request within the application, whichever servlet serves it.
 *
 * @param request the request
 */
record ApplicationPath(HttpServletRequest request) implements PathSelection.Path {

	@Override
	public PathContainer asSent() {
		return RequestPath.parse(this.request.getRequestURI(), this.request.getContextPath()).pathWithinApplication();
	}

	@Override
	public PathContainer normalized() {
		String pathInfo = (this.request.getPathInfo() != null) ? this.request.getPathInfo() : "";
		String path = this.request.getServletPath() + pathInfo;
		return path.isEmpty() ? asSent() : PathSelection.Path.ofDecoded(path);
	}

}
