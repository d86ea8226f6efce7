package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

import dev.throttle.Scope;
import dev.throttle.limiter.RateLimiters;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The scopes that are counted in code: those whose limiters were asked for, and those
 * that are declared by {@code throttle.scopes.<scope>.in-code}.
 */
final class ScopesInCode implements Supplier<Collection<Scope>> {

	private final ConfiguredScopes configured;

	private final ObjectProvider<RateLimiters> limiters;

	ScopesInCode(ConfiguredScopes configured, ObjectProvider<RateLimiters> limiters) {
		this.configured = configured;
		this.limiters = limiters;
	}

	@Override
	public Collection<Scope> get() {
		Set<Scope> scopes = new LinkedHashSet<>(this.configured.inCode());
		this.limiters.ifAvailable((created) -> scopes.addAll(created.usedScopes()));
		return scopes;
	}

}
