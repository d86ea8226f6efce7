package dev.throttle.http;

import java.security.Principal;

import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Believes a request that it comes from the user whom it names in a header.
 */
class UserFilter implements WebFilter {

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		String user = exchange.getRequest().getHeaders().getFirst(Caller.USER);
		Principal principal = () -> user;
		return chain.filter((user != null) ? exchange.mutate().principal(Mono.just(principal)).build() : exchange);
	}

}
