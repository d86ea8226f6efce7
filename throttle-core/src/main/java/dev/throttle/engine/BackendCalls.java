package dev.throttle.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Accounting;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;

/**
 * The calls to the backends for one request, one after the other, and their answers. One
 * call decides all quotas of a backend. If there are several backends and a denied
 * request must not be recorded, all of them peek before the first one records. If another
 * request takes permits in between, what is already recorded is not rolled back. A shadow
 * quota is recorded as if it were enforced, too.
 */
final class BackendCalls {

	/** Placeholder for a missing answer. */
	private static final Outcome UNKNOWN = new Outcome(false, 0, 0, 0, null, Outcome.DecidedBy.NOBODY);

	private final List<AskedQuota> asked;

	private final Accounting accounting;

	private final boolean denied;

	/** The backends if there are several, else empty. */
	private final List<CacheBackend> several;

	private boolean recording;

	private int called;

	private List<Outcome> outcomes = List.of();

	/**
	 * Create the calls.
	 * @param asked the quotas that the throttles ask for, at least one; shadow quotas
	 * come last
	 * @param denied whether another throttle denies the request already
	 */
	BackendCalls(List<AskedQuota> asked, Accounting accounting, boolean denied) {
		this.asked = asked;
		this.accounting = accounting;
		this.denied = denied;
		this.several = several(asked);
		this.recording = accounting == Accounting.INDEPENDENT || (!denied && this.several.isEmpty());
	}

	/**
	 * Create calls that record nothing, one for each backend.
	 */
	static BackendCalls peeking(List<AskedQuota> asked) {
		return new BackendCalls(asked, Accounting.ALL_OR_NOTHING, true);
	}

	private static List<CacheBackend> several(List<AskedQuota> asked) {
		CacheBackend first = asked.get(0).backend();
		for (int i = 1; i < asked.size(); i++) {
			if (asked.get(i).backend() != first) {
				return asked.stream().map(AskedQuota::backend).distinct().toList();
			}
		}
		return List.of();
	}

	/**
	 * Make the calls, and wait for the answers.
	 * @return the outcomes of all quotas in the order of the throttles
	 */
	List<Outcome> ask() {
		for (Call call = next(); call != null; call = next()) {
			answered(call, call.ask());
		}
		return this.outcomes;
	}

	/**
	 * Make the calls without blocking the caller.
	 * @return the outcomes of all quotas in the order of the throttles
	 */
	CompletableFuture<List<Outcome>> askAsync(Executor workers) {
		for (Call call = next(); call != null; call = next()) {
			Call asked = call;
			CompletableFuture<List<Outcome>> answers = asked.askAsync(workers).toCompletableFuture();
			if (!VerdictCalls.isAnswered(answers)) {
				return answers.thenCompose((answer) -> {
					answered(asked, answer);
					return askAsync(workers);
				});
			}
			answered(asked, answers.join());
		}
		return CompletableFuture.completedFuture(this.outcomes);
	}

	/**
	 * Return the next call. It must be {@linkplain #answered answered} before this method
	 * is called again.
	 * @return the call, null if there is none left
	 */
	private @Nullable Call next() {
		int backends = Math.max(1, this.several.size());
		if (this.called == backends && !this.recording && !this.denied && isAllowed()) {
			this.recording = true;
			this.called = 0;
		}
		if (this.called == backends) {
			return null;
		}
		CacheBackend backend = this.several.isEmpty() ? this.asked.get(0).backend() : this.several.get(this.called);
		this.called++;
		return new Call(backend, groups(ofBackend(backend)), this.recording);
	}

	private void answered(Call call, List<Outcome> answers) {
		if (this.several.isEmpty()) {
			this.outcomes = answers;
			return;
		}
		Iterator<Outcome> before = this.outcomes.iterator();
		Iterator<Outcome> answer = answers.iterator();
		List<Outcome> merged = new ArrayList<>();
		for (AskedQuota each : this.asked) {
			boolean isAnswered = each.backend() == call.backend();
			for (int i = 0; i < each.outcomes(); i++) {
				Outcome known = before.hasNext() ? before.next() : UNKNOWN;
				merged.add(isAnswered ? answer.next() : known);
			}
		}
		this.outcomes = merged;
	}

	private boolean isAllowed() {
		Iterator<Outcome> outcome = this.outcomes.iterator();
		for (AskedQuota each : this.asked) {
			for (int i = 0; i < each.outcomes(); i++) {
				if (!outcome.next().isAllowed() && !each.isShadow()) {
					return false;
				}
			}
		}
		return true;
	}

	private List<AskedQuota> ofBackend(CacheBackend backend) {
		return this.several.isEmpty() ? this.asked
				: this.asked.stream().filter((each) -> each.backend() == backend).toList();
	}

	private List<QuotaGroup> groups(List<AskedQuota> asked) {
		List<QuotaGroup> groups = new ArrayList<>(asked.size());
		List<Quota> quotas = new ArrayList<>(asked.size());
		for (int i = 0; i < asked.size(); i++) {
			AskedQuota last = asked.get(i);
			quotas.add(last.quota());
			if (i + 1 == asked.size() || !isOneGroup(last, asked.get(i + 1))) {
				groups.add(new QuotaGroup(quotas, last.isShadow() && isAllOrNothing() && this.recording));
				quotas.clear();
			}
		}
		return groups;
	}

	/**
	 * Return whether a quota is decided in one group with the next. If nothing is
	 * recorded, all are. Otherwise no group has both enforced quotas and shadows, but
	 * those that one throttle asks for are in one, and so are all enforced quotas unless
	 * the accounting is independent.
	 */
	private boolean isOneGroup(AskedQuota one, AskedQuota next) {
		boolean together = one.step().equals(next.step()) || isAllOrNothing() && !one.isShadow();
		return !this.recording || one.isShadow() == next.isShadow() && together;
	}

	private boolean isAllOrNothing() {
		return this.accounting == Accounting.ALL_OR_NOTHING;
	}

	/**
	 * One call to a backend.
	 *
	 * @param backend the backend
	 * @param groups the groups; only one if nothing is recorded
	 * @param isRecording whether allowed groups are recorded
	 */
	private record Call(CacheBackend backend, List<QuotaGroup> groups, boolean isRecording) {

		List<Outcome> ask() {
			return this.isRecording ? this.backend.decide(this.groups) : this.backend.peek(this.groups.get(0));
		}

		CompletionStage<List<Outcome>> askAsync(Executor workers) {
			return this.isRecording ? this.backend.decideAsync(this.groups, workers)
					: this.backend.peekAsync(this.groups.get(0), workers);
		}

	}

}
