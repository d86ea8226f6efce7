package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Requests that share a call of the script.
 */
@Tag("integration")
class RedisSharedCallTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private static final Policy POLICY = Policy.of("user", Rate.parse("1000/hour"));

	private RedisProcess redis;

	private RedisConnector connector;

	Driver driver() {
		return Driver.SYNC;
	}

	@AfterEach
	void stop() {
		if (this.connector != null) {
			this.connector.close();
		}
		this.redis.close();
	}

	@Test
	void threadsAreAdmittedExactlyAndShareCalls() throws Exception {
		this.redis = RedisProcess.start();
		int threads = 64;
		int requests = 20;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CyclicBarrier start = new CyclicBarrier(threads);
		List<Future<Integer>> admitted = new ArrayList<>();
		try (RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisFixture.connector(this.redis.uri()), MemoryCacheBackend.builder().build())
			.timeout(PATIENCE)
			.knownDenials(Duration.ZERO)
			.onFailure((policy) -> OnFailure.DENY)
			.build()) {
			for (int i = 0; i < threads; i++) {
				admitted.add(executor.submit(() -> {
					start.await();
					int count = 0;
					for (int request = 0; request < requests; request++) {
						count += driver().decide(backend, quota("alice")).isAllowed() ? 1 : 0;
					}
					return count;
				}));
			}
			int sum = 0;
			for (Future<Integer> future : admitted) {
				sum += future.get();
			}
			assertThat(sum).isEqualTo(1000);
		}
		finally {
			executor.shutdown();
		}
		assertThat(calls()).isLessThan(threads * requests);
	}

	private long calls() {
		return Stream.of("cmdstat_eval", "cmdstat_evalsha")
			.map((command) -> this.redis.field("INFO commandstats", command))
			.filter((stat) -> !stat.isEmpty())
			.mapToLong((stat) -> Long.parseLong(stat.replaceAll("calls=(\\d+),.*", "$1")))
			.sum();
	}

	@Test
	void keyThatSomethingElseWroteHarmsItsOwnRequestAlone() throws Exception {
		this.redis = RedisProcess.start();
		ScriptSender sender = sender(this.redis.uri());
		this.redis.command("LPUSH " + KEYS.key(Client.user("list"), POLICY.historyKey()) + " x");
		this.redis.command("SET " + KEYS.key(Client.user("text"), POLICY.historyKey()) + " x");
		for (int i = 1; i <= 3; i++) {
			List<Answer> answers = send(sender, request("alice"), request("list"), request("bob", "carol"),
					request("dan", "text"), request("alice"), request("dan"));
			assertThat(answers.get(1).error()).contains("WRONGTYPE");
			assertThat(answers.get(3).error()).containsAnyOf("too short", "something else than a history");
			assertThat(Stream.of(0, 2, 4, 5).map(answers::get).map(Answer::outcomes).toList())
				.extracting((outcomes) -> outcomes.get(0).remaining())
				.containsExactly(1001L - 2 * i, 1000L - i, 1000L - 2 * i, 1000L - i);
			assertThat(answers.get(2).outcomes()).hasSize(2).allMatch(Outcome::isAllowed);
		}
	}

	@Test
	void textThatSomethingElseWroteIsLeftAlone() throws Exception {
		this.redis = RedisProcess.start();
		ScriptSender sender = sender(this.redis.uri());
		String key = KEYS.key(Client.user("text"), POLICY.historyKey());
		Request peek = new Request(request("text").keys(), request("text").groups(), Recording.NONE);
		for (String text : textsOfOthers().toList()) {
			this.redis.command("SET " + key + " " + text);
			assertThat(send(sender, request("alice"), request("text")).get(1).error()).as(text).isNotEmpty();
			for (Request alone : List.of(request("text"), peek)) {
				assertThatExceptionOfType(CompletionException.class).as(text)
					.isThrownBy(() -> send(sender, alone))
					.withCauseInstanceOf(RedisCommandExecutionException.class);
			}
			assertThat(this.redis.command("GET " + key)).contains(text);
			assertThat(this.redis.command("TTL " + key)).as(text).startsWith(":-1");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 57, 71, 113, 127, 197 })
	void bitmapOfZerosThatSomethingElseWroteIsLeftAlone(int bytes) throws Exception {
		this.redis = RedisProcess.start();
		String key = KEYS.key(Client.user("text"), POLICY.historyKey());
		this.redis.command("SETBIT " + key + " " + (8 * bytes - 1) + " 0");
		ScriptSender sender = sender(this.redis.uri());
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> send(sender, request("text")))
			.withCauseInstanceOf(RedisCommandExecutionException.class);
		assertThat(this.redis.command("STRLEN " + key)).startsWith(":" + bytes);
	}

	private static Stream<String> textsOfOthers() {
		String digits = "12345678901234567890".repeat(20);
		return Stream.of(1, 39, 40, 53, 54, 68, 75, 95, 100, 166, 264, 278, 295, 296, 300, 400)
			.flatMap((length) -> Stream.of(digits.substring(0, length), "a".repeat(length), "x".repeat(length),
					("{user:alice,count:17}" + "A".repeat(length)).substring(0, length)));
	}

	@ParameterizedTest
	@CsvSource({ "FULL, CONFIG SET maxmemory 1", "READ_ONLY, REPLICAOF 127.0.0.1 1",
			"PERMISSION, ACL SETUSER default -getrange", "PERMISSION, ACL SETUSER default -append" })
	void serverThatRefusesRefusesEveryRequest(Refusal refusal, String command) throws Exception {
		this.redis = RedisProcess.start();
		ScriptSender sender = sender(this.redis.uri());
		assertThat(send(sender, request("alice"), request("bob"))).noneMatch((answer) -> answer.outcomes() == null);
		this.redis.command(command);
		assertThat(send(sender, request("alice"), request("bob")))
			.allSatisfy((answer) -> assertThat(Refusal.of(answer.error())).isEqualTo(refusal));
	}

	@Test
	void callThatComesTooLateRecordsNoneOfItsRequests() throws Exception {
		this.redis = RedisProcess.start();
		this.connector = RedisFixture.connector(this.redis.uri());
		ScriptCall call = new ScriptCall(List.of(request("alice"), request("bob")));
		byte[] answer = DecideScript.run(this.connector.connect().join().commands(), call, ScriptCall.SERVER_TIME, 1)
			.join();
		assertThat(call.answers(answer)).containsExactly(Answer.TOO_LATE, Answer.TOO_LATE);
		assertThat(this.redis.command("DBSIZE")).startsWith(":0");
	}

	@Test
	void nodeOfAClusterThatIsUsedAsOneServerIsGivenACallForEachRequest() throws Exception {
		this.redis = RedisProcess.start("--cluster-enabled", "yes");
		for (int from = 0; from < 16384; from += 4096) {
			this.redis.command("CLUSTER ADDSLOTS "
					+ IntStream.range(from, from + 4096).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
		}
		RedisFixture.await(PATIENCE, () -> this.redis.field("CLUSTER INFO", "cluster_state").equals("ok"));
		this.redis.command("LPUSH " + KEYS.key(Client.user("list"), POLICY.historyKey()) + " x");
		ScriptSender sender = sender(this.redis.uri());
		for (int i = 1; i <= 3; i++) {
			List<Answer> answers = send(sender, request("alice"), request("list"), request("bob"), request("alice"));
			assertThat(answers.get(1).error()).contains("WRONGTYPE");
			assertThat(Stream.of(0, 2, 3).map(answers::get).map(Answer::outcomes).toList())
				.extracting((outcomes) -> outcomes.get(0).remaining())
				.containsExactly(1001L - 2 * i, 1000L - i, 1000L - 2 * i);
		}
		assertThat(this.redis.field("INFO commandstats", "cmdstat_evalsha")).contains("rejected_calls=1,");
	}

	private DecideScript sender(String uri) {
		this.connector = RedisFixture.connector(uri);
		LettuceConnection connection = this.connector.connect().join();
		return new DecideScript(connection, new ServerClocks(connection), null);
	}

	private static List<Answer> send(ScriptSender sender, Request... requests) {
		return sender.send(List.of(requests), System.nanoTime() + PATIENCE.toNanos()).join();
	}

	private static Request request(String... users) {
		return Request.of(List.of(new QuotaGroup(Stream.of(users).map(RedisSharedCallTests::quota).toList())), true,
				KEYS);
	}

	private static Quota quota(String user) {
		return new Quota(Client.user(user), POLICY);
	}

}
