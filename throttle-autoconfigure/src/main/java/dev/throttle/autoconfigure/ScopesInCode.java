package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

import dev.throttle.Scope;
import dev.throttle.limiter.RateLimiters;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The scopes that no handler need declare: those whose limiters were asked for, those of
 * calls that go out since the start, and those that are declared by
 * {@code throttle.scopes.<scope>.in-code}.
 */
final class ScopesInCode implements Supplier<Collection<Scope>> {

	private final ConfiguredScopes atStart;

	private volatile ConfiguredScopes configured;

	private final ObjectProvider<RateLimiters> limiters;

	ScopesInCode(ConfiguredScopes configured, ObjectProvider<RateLimiters> limiters) {
		this.atStart = configured;
		this.configured = configured;
		this.limiters = limiters;
	}

	@Override
	public Collection<Scope> get() {
		Set<Scope> scopes = new LinkedHashSet<>(this.atStart.outgoing().scopes());
		scopes.addAll(this.configured.inCode());
		this.limiters.ifAvailable((created) -> scopes.addAll(created.usedScopes()));
		return scopes;
	}

	ConfiguredScopes configured() {
		return this.configured;
	}

	/**
	 * Replace the scopes that are declared, such as by those of a changed environment.
	 */
	void replace(ConfiguredScopes configured) {
		this.configured = configured;
	}

}
