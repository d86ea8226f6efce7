package dev.throttle.backend;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;
import dev.throttle.Scope;

/**
 * Keeps the histories of clients, and decides and records quotas in one atomic step:
 * under a rate of N permits in a period, at most N are granted in any span of that
 * length, and never fewer if that many are requested. A history is what one client has
 * used under one {@linkplain Policy#historyKey() scope}: one entry for each recorded
 * quota, which counts under all rates of the scope with sliding windows. An entry expires
 * under a rate as soon as it is as old as its period.
 * <p>
 * A history keeps its entries for the longest period of the rates that last decided or
 * peeked at it. If a longer period goes out of force, entries are still kept for that
 * period until it has been out of force for its own length. So a rate that comes back
 * within its period, or an order of rates that changes, forgets nothing that still
 * counts, and a new rate counts the entries that are kept. A history without live entries
 * is forgotten as a whole.
 * <p>
 * A {@linkplain Policy#isCalendar() rate of the calendar} has a history of its own, which
 * is a number: what was used since the last boundary. It counts until the next boundary,
 * to which wait and reset lead exactly. The time of day is that of the backend, which
 * each outcome tells; a quota is recorded at microseconds since the epoch. If that clock
 * goes back behind the last recording, what was used counts as used now, so that nobody
 * is denied beyond the next boundary. A changed limit, plan or zone keeps what was used
 * since the start of the window that contains now. A recording of an earlier window
 * cannot be settled downwards; settled upwards, the difference counts in the present
 * window.
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
	 * @return an outcome for each policy of each quota, in the order of the groups, of
	 * their quotas and of the policies
	 * @throws BackendUnavailableException if it cannot decide and is configured to deny
	 * in that case
	 */
	List<Outcome> decide(List<QuotaGroup> groups);

	/**
	 * Decide one enforced quota, and record it if it is allowed.
	 * @param quota the quota
	 * @return an outcome for each policy
	 * @throws BackendUnavailableException if it cannot decide and is configured to deny
	 * in that case
	 */
	default List<Outcome> decide(Quota quota) {
		return decide(List.of(new QuotaGroup(List.of(quota))));
	}

	/**
	 * Decide one group without recording it.
	 * @param group the group
	 * @return an outcome for each policy of each quota; remaining permits are those
	 * before the group would be recorded
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
	 * @return an outcome for each policy of each quota, as from {@link #decide(List)};
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
	 * @return an outcome for each policy of each quota; fails with a
	 * {@link BackendUnavailableException} if it cannot decide and is configured to deny
	 * in that case
	 */
	default CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		return CompletableFuture.supplyAsync(() -> peek(group), workers);
	}

	/**
	 * Settle recorded quotas, each of which is settled at most once in each direction. A
	 * lower cost lowers the entry where it is in its history; an entry of cost 0 is
	 * removed. Of a higher cost, the difference is recorded as a further entry at once,
	 * whether or not there is room for it. A settlement that is lost leaves the reserved
	 * cost.
	 * @param settlements the settlements, at least one
	 * @return what became of each of them
	 */
	List<Settlement.Result> settle(List<Settlement> settlements);

	/**
	 * Settle recorded quotas as {@link #settle(List)} does, without blocking the caller.
	 * By default, a worker calls that method.
	 * @param settlements the settlements, at least one
	 * @param workers the executor for blocking work
	 * @return what became of each of them
	 */
	default CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
		return CompletableFuture.supplyAsync(() -> settle(settlements), workers);
	}

	/**
	 * Forget what a client has used under a scope, and under its shadow rates. A history
	 * that several clients share for lack of room is kept.
	 * @param client the client, with the hash of a secret ident
	 * @param scope the scope
	 * @throws BackendUnavailableException if the histories could not be forgotten
	 */
	void reset(Client client, Scope scope);

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
