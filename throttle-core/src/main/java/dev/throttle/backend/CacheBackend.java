package dev.throttle.backend;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;

/**
 * Keeps the histories of clients, and decides and records quotas in one atomic step: for
 * any policy of N permits in a period, at most N are given in any span of that length,
 * and never fewer where as many are asked for. A history is what one client used under
 * one policy {@linkplain Policy#key() key}. An entry is void as soon as it is as old as
 * the period of the policy by which its history was last decided or looked at, and stays
 * void; live entries are kept, also where a limit is lowered.
 * <p>
 * Implementations are safe for use by several threads. {@code CacheBackendContractTests}
 * in {@code throttle-test} holds them to this contract.
 *
 * @since 1.0.0
 */
public interface CacheBackend {

	/**
	 * Decide groups in their order, and record each of those that all of their quotas
	 * allow, in one step that no other call comes between. A group that is only
	 * {@linkplain QuotaGroup#isShadow() tried} is not recorded after one that is enforced
	 * and denied.
	 * @param groups the groups, at least one
	 * @return what became of each quota, in the order of the groups and of their quotas
	 * @throws BackendUnavailableException if it cannot decide and nothing may be allowed
	 * undecided
	 */
	List<Outcome> decide(List<QuotaGroup> groups);

	/**
	 * Decide one quota, and record it if it is allowed: the same as a group that is
	 * enforced and has no other.
	 * @param quota the quota
	 * @return what became of it
	 * @throws BackendUnavailableException if it cannot decide and nothing may be allowed
	 * undecided
	 */
	default Outcome decide(Quota quota) {
		return decide(List.of(new QuotaGroup(List.of(quota)))).get(0);
	}

	/**
	 * Look what would become of one group, without recording it.
	 * @param group the group
	 * @return what would become of each quota; an allowed one's remaining permits are
	 * those before it is recorded
	 * @throws BackendUnavailableException if it cannot decide and nothing may be allowed
	 * undecided
	 */
	List<Outcome> peek(QuotaGroup group);

	/**
	 * Decide groups as {@link #decide(List)} does, without keeping the caller waiting. By
	 * default a worker decides them; a backend that does not block answers at once.
	 * @param groups the groups, at least one
	 * @param workers runs what may block
	 * @return what became of each quota, in the order of the groups and of their quotas;
	 * fails with a {@link BackendUnavailableException} if it cannot decide and nothing
	 * may be allowed undecided
	 */
	default CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
		return CompletableFuture.supplyAsync(() -> decide(groups), workers);
	}

	/**
	 * Look what would become of one group as {@link #peek(QuotaGroup)} does, without
	 * keeping the caller waiting. By default a worker looks.
	 * @param group the group
	 * @param workers runs what may block
	 * @return what would become of each quota; fails with a
	 * {@link BackendUnavailableException} if it cannot tell and nothing may be allowed
	 * undecided
	 */
	default CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		return CompletableFuture.supplyAsync(() -> peek(group), workers);
	}

	/**
	 * Forget a history. Clients that are counted together, for want of room, keep theirs.
	 * @param client whose, as a quota names it: of a secret ident the hash
	 * @param policy under which policy
	 * @throws BackendUnavailableException if it could not be forgotten
	 */
	void reset(Client client, Policy policy);

	/**
	 * Return whether histories are shared with other processes, which must then agree on
	 * the key under which secret idents are hashed.
	 * @return whether they are shared
	 */
	default boolean isShared() {
		return false;
	}

	/**
	 * Return whether this backend decides at the moment. While one that depends on a
	 * server does not, it answers as it was configured to.
	 * @return whether it decides, as far as that is known without asking
	 */
	default boolean isAvailable() {
		return true;
	}

	/**
	 * Get ready to decide before the first request comes, such as by opening a connection
	 * and running what decides. A server that is away is not waited for, and what fails
	 * is not thrown.
	 * @param atMost the time after which to return in any case
	 */
	default void warmUp(Duration atMost) {
	}

}
