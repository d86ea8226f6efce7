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

	private volatile Set<Scope> declared;

	private final ObjectProvider<RateLimiters> limiters;

	ScopesInCode(Set<Scope> declared, ObjectProvider<RateLimiters> limiters) {
		this.declared = declared;
		this.limiters = limiters;
	}

	@Override
	public Collection<Scope> get() {
		Set<Scope> scopes = new LinkedHashSet<>(this.declared);
		this.limiters.ifAvailable((created) -> scopes.addAll(created.usedScopes()));
		return scopes;
	}

	/**
	 * Return the scopes that are declared.
	 */
	Set<Scope> declared() {
		return this.declared;
	}

	/**
	 * Replace the scopes that are declared.
	 */
	void declare(Set<Scope> scopes) {
		this.declared = scopes;
	}

}
