package dev.throttle.backend;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;

/**
 * Keeps the histories of clients, and decides and records quotas in one atomic step:
 * under a policy of N permits in a period, at most N are granted in any span of that
 * length, and never fewer if that many are requested. A history is what one client has
 * used under one policy {@linkplain Policy#key() key}. An entry expires as soon as it is
 * as old as the period of the policy that last decided or peeked at its history, and
 * stays expired. Live entries are kept, even if a limit is lowered.
 * <p>
 * Implementations are safe for use by several threads. {@code CacheBackendContractTests}
 * in {@code throttle-test} tests this contract.
 *
 * @since 1.0.0
 */
public interface CacheBackend {

	/**
	 * Decide groups in order, and record each group if all of its quotas allow it, in one
	 * atomic step. A {@linkplain QuotaGroup#isShadow() shadow} group is not recorded
	 * after an enforced group that is denied.
	 * @param groups the groups, at least one
	 * @return the outcome of each quota, in the order of the groups and of their quotas
	 * @throws BackendUnavailableException if it cannot decide and is configured to deny
	 * in that case
	 */
	List<Outcome> decide(List<QuotaGroup> groups);

	/**
	 * Decide one enforced quota, and record it if it is allowed.
	 * @param quota the quota
	 * @return the outcome
	 * @throws BackendUnavailableException if it cannot decide and is configured to deny
	 * in that case
	 */
	default Outcome decide(Quota quota) {
		return decide(List.of(new QuotaGroup(List.of(quota)))).get(0);
	}

	/**
	 * Decide one group without recording it.
	 * @param group the group
	 * @return the outcome of each quota; remaining permits are those before the group
	 * would be recorded
	 * @throws BackendUnavailableException if it cannot decide and is configured to deny
	 * in that case
	 */
	List<Outcome> peek(QuotaGroup group);

	/**
	 * Decide groups as {@link #decide(List)} does, without blocking the caller. By
	 * default, a worker calls {@link #decide(List)}; a backend that never blocks should
	 * return a completed stage instead.
	 * @param groups the groups, at least one
	 * @param workers the executor for blocking work
	 * @return the outcome of each quota, in the order of the groups and of their quotas;
	 * fails with a {@link BackendUnavailableException} if it cannot decide and is
	 * configured to deny in that case
	 */
	default CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
		return CompletableFuture.supplyAsync(() -> decide(groups), workers);
	}

	/**
	 * Decide one group as {@link #peek(QuotaGroup)} does, without blocking the caller. By
	 * default, a worker calls that method.
	 * @param group the group
	 * @param workers the executor for blocking work
	 * @return the outcome of each quota; fails with a {@link BackendUnavailableException}
	 * if it cannot decide and is configured to deny in that case
	 */
	default CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		return CompletableFuture.supplyAsync(() -> peek(group), workers);
	}

	/**
	 * Forget a history. A history that several clients share for lack of room is kept.
	 * @param client the client, with the hash of a secret ident
	 * @param policy the policy
	 * @throws BackendUnavailableException if the history could not be forgotten
	 */
	void reset(Client client, Policy policy);

	/**
	 * Return whether histories are shared with other processes. All of them must then
	 * hash secret idents with the same key.
	 * @return whether they are shared
	 */
	default boolean isShared() {
		return false;
	}

	/**
	 * Return whether this backend can decide at the moment. While its server is
	 * unavailable, it answers as configured.
	 * @return whether it can decide, as far as that is known without asking the server
	 */
	default boolean isAvailable() {
		return true;
	}

	/**
	 * Prepare for the first request, such as by opening a connection. This does not wait
	 * for an unavailable server, and does not throw its failures.
	 * @param atMost the time after which to return in any case
	 */
	default void warmUp(Duration atMost) {
	}

}
