package dev.throttle.http;

import java.security.Principal;

import reactor.core.publisher.Mono;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Believes a request that it comes from the user whom it names in a header. Actuator asks
 * Spring Security who that is.
 */
class UserFilter implements WebFilter {

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		String user = exchange.getRequest().getHeaders().getFirst(Caller.USER);
		Principal principal = () -> user;
		return (user != null) ? chain.filter(exchange.mutate().principal(Mono.just(principal)).build())
			.contextWrite(ReactiveSecurityContextHolder.withAuthentication(new TestingAuthenticationToken(user, "")))
				: chain.filter(exchange);
	}

}
