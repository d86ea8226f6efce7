package dev.throttle.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The ways in which handlers of WebFlux alone pass on an upstream's headers.
 */
@RestController
class UpstreamHandlers {

	static final List<String> PATHS = List.of("/set", "/added", "/mono", "/stream", "/written", "/routed");

	@Bean
	RouterFunction<ServerResponse> routed() {
		return RouterFunctions.route()
			.GET("/routed", (request) -> ServerResponse.ok().headers(UpstreamHandlers::add).bodyValue("upstream"))
			.build();
	}

	private static void add(HttpHeaders headers) {
		UpstreamHeadersTests.LINES.forEach((line) -> headers.add(line.name(), line.value()));
	}

	@GetMapping("/set")
	String set(ServerHttpResponse response) {
		UpstreamHeadersTests.LINES.forEach((line) -> response.getHeaders().set(line.name(), line.value()));
		return "upstream";
	}

	@GetMapping("/added")
	String added(ServerHttpResponse response) {
		add(response.getHeaders());
		return "upstream";
	}

	@GetMapping("/mono")
	Mono<ResponseEntity<String>> mono() {
		return Mono.fromSupplier(() -> UpstreamHeadersTests.Proxy.upstream("upstream"));
	}

	@GetMapping("/stream")
	ResponseEntity<Flux<String>> stream() {
		return UpstreamHeadersTests.Proxy.upstream(Flux.just("up", "stream"));
	}

	@GetMapping("/written")
	Mono<Void> written(ServerHttpResponse response) {
		add(response.getHeaders());
		return response
			.writeWith(Mono.just(response.bufferFactory().wrap("upstream".getBytes(StandardCharsets.UTF_8))));
	}

}
