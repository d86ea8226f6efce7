package dev.throttle.usage;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a throttle about a request as if any of the handlers were called to which it
 * applies. If it throws an exception, it counts nothing.
 */
final class AnyHandlerThrottle implements BaseThrottle {

	private static final Logger logger = LoggerFactory.getLogger(AnyHandlerThrottle.class);

	private final BaseThrottle throttle;

	private final List<Scope> scopes;

	/**
	 * Create a throttle.
	 * @param throttle the throttle to ask
	 * @param scopes the scopes of the handlers to which it applies
	 */
	AnyHandlerThrottle(BaseThrottle throttle, List<Scope> scopes) {
		this.throttle = throttle;
		this.scopes = scopes;
	}

	@Override
	public Verdict check(ThrottleRequest request) {
		try {
			return this.throttle.check(new AnyHandlerRequest(request, this.scopes));
		}
		catch (RuntimeException ex) {
			return unanswered(ex);
		}
	}

	@Override
	public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		try {
			return this.throttle.checkAsync(new AnyHandlerRequest(request, this.scopes), workers)
				.exceptionally(AnyHandlerThrottle::unanswered);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.completedFuture(unanswered(ex));
		}
	}

	private static Verdict unanswered(@Nullable Throwable failure) {
		logger.debug("A throttle could not answer a request for the usage of a client", failure);
		return Verdict.allow();
	}

}
