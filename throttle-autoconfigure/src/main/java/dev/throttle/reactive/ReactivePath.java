package dev.throttle.reactive;

import dev.throttle.web.PathSelection;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.StringUtils;

/**
 * The path of a reactive request, within the application.
 *
 * @param request the request
 */
record ReactivePath(ServerHttpRequest request) implements PathSelection.Path {

	@Override
	public PathContainer asSent() {
		return this.request.getPath().pathWithinApplication();
	}

	@Override
	public PathContainer normalized() {
		return PathSelection.Path.ofDecoded(text());
	}

	/**
	 * Return the path decoded and normalized, without path parameters.
	 */
	String text() {
		StringBuilder path = new StringBuilder();
		for (PathContainer.Element element : asSent().elements()) {
			String text = (element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch()
					: element.value();
			boolean isRepeated = text.equals("/") && !path.isEmpty() && path.charAt(path.length() - 1) == '/';
			path.append(isRepeated ? "" : text);
		}
		return path.isEmpty() ? "/"
				: (path.indexOf(".") < 0) ? path.toString() : StringUtils.cleanPath(path.toString());
	}

}
