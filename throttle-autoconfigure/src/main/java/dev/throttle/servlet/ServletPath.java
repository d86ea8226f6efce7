package dev.throttle.servlet;

import dev.throttle.web.PathSelection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * The path of a servlet request, within the application and the servlet.
 *
 * @param request the request
 */
record ServletPath(HttpServletRequest request) implements PathSelection.Path {

	@Override
	public PathContainer asSent() {
		RequestPath path = ServletRequestPathUtils.hasParsedRequestPath(this.request)
				? ServletRequestPathUtils.getParsedRequestPath(this.request)
				: ServletRequestPathUtils.parse(this.request);
		return path.pathWithinApplication();
	}

	@Override
	public PathContainer normalized() {
		boolean underPrefix = this.request.getHttpServletMapping().getMappingMatch() == MappingMatch.PATH;
		String servletPath = underPrefix ? "" : this.request.getServletPath();
		String pathInfo = (this.request.getPathInfo() != null) ? this.request.getPathInfo() : "";
		String path = servletPath + pathInfo;
		return path.isEmpty() ? asSent() : PathSelection.Path.ofDecoded(path);
	}

}
