package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.test.store.PlainHistory;
import dev.throttle.test.store.RandomRequests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what the script decides with a {@link PlainHistory}: random requests of a few
 * clients under a few scopes, alone and several in a call, and settlements of what was
 * recorded, in any order, while rates and their order change and the clock is set.
 */
@Tag("integration")
class ScriptFuzzTests {

	private static final int DECISIONS = Integer.getInteger("fuzz.decisions", 60_000);

	private static final int DECISIONS_PER_SEED = 1_000;

	/** Calls that are sent before an answer is awaited. */
	private static final int PIPELINE = 50;

	private static final RedisKeys KEYS = new RedisKeys("fuzz", null);

	private static RedisConnector connector;

	private static LettuceConnection connection;

	@BeforeAll
	static void open() {
		connector = RedisFixture.connector();
		connection = connector.connect().join();
		new Run(-1).loadScripts();
	}

	@AfterAll
	static void close() {
		connector.close();
	}

	@Test
	void everyOutcomeIsThatOfAPlainHistory() {
		for (long seed = 0; seed < DECISIONS / DECISIONS_PER_SEED; seed++) {
			new Run(seed).run();
		}
	}

	private static final class Run extends RandomRequests {

		private final List<Pending> pending = new ArrayList<>();

		Run(long seed) {
			super(seed);
		}

		void run() {
			for (int decisions = 0; decisions < DECISIONS_PER_SEED;) {
				pass();
				boolean record = !oneIn(12);
				List<List<QuotaGroup>> requests = (record && oneIn(3)) ? some(6, this::groups)
						: List.of(record ? groups() : List.of(group(oneIn(4))));
				send(requests, record);
				decisions += requests.size();
				if (mustSettle()) {
					settle();
				}
			}
			compare();
		}

		/**
		 * Load the scripts. A call that does so is overtaken by those that follow.
		 */
		void loadScripts() {
			send(List.of(List.of(group(false))), false);
			compare();
			Outcome recorded = new Outcome(true, 0, 0, 0, null, DecidedBy.BACKEND, this.now);
			Quota nobody = new Quota(Client.user("nobody"), Policy.of("any", Rate.parse("1/s")));
			lower(List.of(new Settlement(nobody, recorded, 0)));
			compare();
		}

		private void send(List<List<QuotaGroup>> requests, boolean record) {
			ScriptCall call = new ScriptCall(
					requests.stream().map((groups) -> Request.of(groups, record, KEYS)).toList());
			List<List<Outcome>> expected = requests.stream().map((groups) -> expect(groups, record)).toList();
			add("record " + record + ": " + requests, expected,
					DecideScript.run(connection.commands(), call, this.now, deadline())
						.thenApply((answer) -> call.answers(answer).stream().map(Answer::outcomes).toList()));
		}

		/**
		 * Return a deadline, around which the boundaries of calendar quotas are.
		 */
		private long deadline() {
			return oneIn(4) ? ScriptCall.NO_DEADLINE : this.now + this.random.nextInt(oneIn(2) ? 5 : 600_000_000);
		}

		private void add(String asked, Object expected, CompletableFuture<?> answer) {
			this.pending.add(new Pending(this + ", " + asked, expected, answer));
			if (this.pending.size() == PIPELINE) {
				compare();
			}
		}

		private void compare() {
			for (Pending one : this.pending) {
				assertThat((Object) one.answer.join()).as(one.asked).isEqualTo(one.expected);
			}
			this.pending.clear();
		}

		private void settle() {
			List<Settlement> all = settlements();
			List<Settlement> lower = all.stream().filter((each) -> each.difference() < 0).toList();
			List<Settlement> raise = all.stream().filter((each) -> each.difference() > 0).toList();
			if (!lower.isEmpty()) {
				lower(lower);
			}
			if (!raise.isEmpty()) {
				raise(raise);
			}
		}

		private void lower(List<Settlement> settlements) {
			List<Settlement.Result> expected = settlements.stream()
				.map((each) -> history(each.quota()).lower(each, this.now))
				.toList();
			add("lower: " + settlements, expected,
					SettleScript.run(connection.commands(), settlements, KEYS, this.now));
		}

		private void raise(List<Settlement> settlements) {
			QuotaGroup group = new QuotaGroup(settlements.stream()
				.map((each) -> new Quota(each.quota().client(), each.quota().policies(), each.difference()))
				.toList());
			use(group).forEach(PlainHistory::add);
			ScriptCall call = new ScriptCall(List.of(Request.of(List.of(group), Recording.ALL, KEYS::key)));
			add("raise: " + settlements, true, DecideScript.run(connection.commands(), call, this.now, deadline())
				.thenApply((answer) -> call.answers(answer).get(0).error() == null));
		}

	}

	private record Pending(String asked, Object expected, CompletableFuture<?> answer) {
	}

}
