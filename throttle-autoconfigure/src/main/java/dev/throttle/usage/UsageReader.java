package dev.throttle.usage;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ScopeDirectory.CountingThrottle;

/**
 * Reads what clients have used of their quotas: under all scopes of the filter and of
 * handlers that count them, except those that are not in the headers. Nothing is counted.
 * If throttling is off, there are no quotas.
 *
 * @since 1.0.0
 */
public final class UsageReader {

	private final ThrottleEngine engine;

	private final ScopeDirectory scopes;

	private final ClientAddressResolver addresses;

	private final Set<String> hidden;

	private final InstantSource clock;

	/**
	 * Create a reader.
	 * @param engine asks the throttles and the backends
	 * @param scopes finds the throttles that count
	 * @param addresses makes addresses canonical
	 * @param hidden the keys of the scopes that clients are not told about
	 * @param clock the clock to use if a backend does not return the time
	 */
	public UsageReader(ThrottleEngine engine, ScopeDirectory scopes, ClientAddressResolver addresses,
			Set<String> hidden, InstantSource clock) {
		this.engine = engine;
		this.scopes = scopes;
		this.addresses = addresses;
		this.hidden = Set.copyOf(hidden);
		this.clock = clock;
	}

	/**
	 * Read what the client of a request has used, in one call to each backend. Throttles
	 * that cannot answer, for example because they look for something that the request
	 * does not have, are left out.
	 * @param request a request of the client, to any handler
	 * @return the usage
	 * @throws BackendUnavailableException if a backend cannot answer and is configured to
	 * deny in that case
	 */
	public Usage usage(ThrottleRequest request) {
		return usage(this.engine.peek(request, ofAnyHandler()));
	}

	/**
	 * Read what the client of a request has used as {@link #usage(ThrottleRequest)} does,
	 * without blocking the caller.
	 * @param request a request of the client, to any handler
	 * @param workers the executor for blocking work
	 * @return the usage; fails with what {@link #usage(ThrottleRequest)} throws
	 */
	public CompletionStage<Usage> usageAsync(ThrottleRequest request, Executor workers) {
		return this.engine.peekAsync(request, ofAnyHandler(), workers).thenApply(this::usage);
	}

	/**
	 * Read what a client has used. A user and an address are shown as far as throttles
	 * count a request of which nothing else is known. Another client is shown under all
	 * scopes of throttles that count neither users nor addresses.
	 * @param client the client, such as {@code Client.user("alice")}; one with a secret
	 * is made by {@link Client#secret}
	 * @return the usage
	 * @throws IllegalArgumentException if the client is an address that is not valid
	 * @throws BackendUnavailableException if a backend cannot answer and is configured to
	 * deny in that case
	 */
	public Usage usage(Client client) {
		NamedRequest request = NamedRequest.of(client, this.addresses);
		List<Step> steps = new ArrayList<>();
		for (CountingThrottle counting : this.scopes.counting()) {
			if (request.isOfUserOrAddress()) {
				steps.add(step(counting, (asked) -> ofClient(request, asAskedByAnyHandler(counting).check(asked))));
			}
			else if (!counting.countsUsersOrAddresses()) {
				steps.add(step(counting, (asked) -> new Verdict.Count(counting.scopes(), client, 1)));
			}
		}
		return usage(this.engine.peek(request, new AppliedThrottles(steps)));
	}

	private Usage usage(Decision shown) {
		return Usage.of(shown.without((result) -> this.hidden.contains(result.policy().scope().key())), this.clock);
	}

	private AppliedThrottles ofAnyHandler() {
		return new AppliedThrottles(this.scopes.counting()
			.stream()
			.map((counting) -> step(counting, asAskedByAnyHandler(counting)))
			.toList());
	}

	private static AnyHandlerThrottle asAskedByAnyHandler(CountingThrottle counting) {
		return new AnyHandlerThrottle(counting.step().throttle(), counting.ofHandlers());
	}

	private static Step step(CountingThrottle counting, BaseThrottle throttle) {
		return new Step(counting.step().name(), throttle, counting.step().backend(), counting.step().isProxy());
	}

	/**
	 * Return a verdict, unless it counts another client.
	 */
	private static Verdict ofClient(NamedRequest request, Verdict verdict) {
		if (!(verdict instanceof Verdict.Count count)) {
			return verdict;
		}
		return request.client().equals(count.client()) ? new Verdict.Count(count.scopes(), request.counted(), 1)
				: Verdict.allow();
	}

}
