package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * The ways in which handlers of Spring MVC alone pass on an upstream's headers.
 */
@RestController
class UpstreamHandlers {

	static final List<String> PATHS = List.of("/set", "/added", "/numbers", "/callable", "/stream", "/stream-now",
			"/started", "/dispatched", "/reset", "/forwarded", "/routed");

	@Bean
	RouterFunction<ServerResponse> routed() {
		return RouterFunctions.route()
			.GET("/routed",
					(request) -> ServerResponse.ok()
						.headers((headers) -> UpstreamHeadersTests.LINES
							.forEach((line) -> headers.add(line.name(), line.value())))
						.body("upstream"))
			.build();
	}

	@GetMapping("/set")
	String set(HttpServletResponse response) {
		UpstreamHeadersTests.LINES.forEach((line) -> response.setHeader(line.name(), line.value()));
		return "upstream";
	}

	@GetMapping("/added")
	String added(HttpServletResponse response) {
		UpstreamHeadersTests.LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
		return "upstream";
	}

	@GetMapping("/numbers")
	String numbers(HttpServletResponse response) {
		response.setIntHeader("X-RateLimit-Limit", 77);
		response.addIntHeader("X-RateLimit-Remaining", 76);
		response.setDateHeader("X-RateLimit-Reset", 1000);
		response.addDateHeader("X-RateLimit-Reset", 1000);
		response.setHeader("X-Upstream", "passed on");
		return "upstream";
	}

	@GetMapping("/callable")
	Callable<String> callable(HttpServletResponse response) {
		return () -> {
			UpstreamHeadersTests.LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
			return "upstream";
		};
	}

	@GetMapping("/stream")
	ResponseEntity<StreamingResponseBody> stream() {
		return UpstreamHeadersTests.Proxy.upstream((output) -> output.write("upstream".getBytes()));
	}

	@GetMapping("/stream-now")
	StreamingResponseBody streamNow(HttpServletResponse response) {
		return (output) -> {
			UpstreamHeadersTests.LINES.forEach((line) -> response.addHeader(line.name(), line.value()));
			output.write("upstream".getBytes());
		};
	}

	@GetMapping("/started")
	void started(HttpServletRequest request) {
		AsyncContext async = request.startAsync();
		async.start(() -> {
			write((HttpServletResponse) async.getResponse());
			async.complete();
		});
	}

	@GetMapping("/dispatched")
	void dispatched(HttpServletRequest request) {
		request.startAsync().dispatch("/set");
	}

	@GetMapping("/reset")
	void reset(HttpServletResponse response) {
		response.reset();
		write(response);
	}

	private static void write(HttpServletResponse response) {
		UpstreamHeadersTests.LINES.forEach((line) -> response.setHeader(line.name(), line.value()));
		try {
			response.getWriter().write("upstream");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@GetMapping("/forwarded")
	void forwarded(HttpServletRequest request, HttpServletResponse response) throws Exception {
		request.getRequestDispatcher("/entity").forward(request, response);
	}

}
