package dev.throttle.backend.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.remote.MergedGroup;

/**
 * One request to decide: what is sent, and what the answer means.
 *
 * @param groups the groups
 * @param record whether to record groups that have room
 */
record DecideCall(List<MergedGroup> groups, boolean record) {

	/** The number of figures in the answer about a rate. */
	private static final int FIGURES = 4;

	static DecideCall of(List<QuotaGroup> groups, boolean record) {
		return new DecideCall(groups.stream().map(MergedGroup::of).toList(), record);
	}

	CallArguments arguments(JdbcKeys keys, long latest) {
		CallArguments arguments = new CallArguments(keys, latest);
		int number = 0;
		for (MergedGroup group : this.groups) {
			number++;
			for (Quota quota : group.quotas()) {
				arguments.decide(keys.key(quota), quota, quota.cost(), group.isShadow() ? -number : number);
			}
		}
		return arguments;
	}

	/**
	 * Read the answer: the time, and for each quota 1 if it has room, and four figures
	 * for each rate.
	 * @return the outcome of each policy of each quota that was asked for
	 */
	List<Outcome> outcomes(Long[] answer) {
		long time = answer[0];
		List<Outcome> outcomes = new ArrayList<>();
		boolean denied = false;
		int at = 1;
		for (MergedGroup group : this.groups) {
			boolean room = hasRoom(group, answer, at);
			boolean recorded = room && this.record && !(denied && group.isShadow());
			denied |= !room && !group.isShadow();
			List<Outcome> read = new ArrayList<>();
			for (Quota quota : group.quotas()) {
				at++;
				for (int i = 0; i < quota.policies().size(); i++) {
					read.add(outcome(answer, at, time, recorded));
					at += FIGURES;
				}
			}
			outcomes.addAll(group.asAsked(read));
		}
		return outcomes;
	}

	private static boolean hasRoom(MergedGroup group, Long[] answer, int start) {
		int at = start;
		for (Quota quota : group.quotas()) {
			if (answer[at] == 0) {
				return false;
			}
			at += 1 + FIGURES * quota.policies().size();
		}
		return true;
	}

	private static Outcome outcome(Long[] answer, int at, long time, boolean recorded) {
		long wait = answer[at + 2];
		return new Outcome(answer[at] == 1, answer[at + 1], (wait < 0) ? Outcome.NEVER : wait * 1000,
				answer[at + 3] * 1000, Instant.ofEpochSecond(time / 1_000_000, time % 1_000_000 * 1000),
				DecidedBy.BACKEND, recorded ? time : Outcome.NOT_RECORDED);
	}

}
