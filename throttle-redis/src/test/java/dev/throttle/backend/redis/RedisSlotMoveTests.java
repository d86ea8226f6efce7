package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.UndecidedRequestLog;
import io.lettuce.core.cluster.SlotHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A slot moves from one node of a cluster to another, and takes its time: of a client's
 * two histories, one has moved.
 */
@Tag("integration")
class RedisSlotMoveTests {

	private static final Policy BURST = Policy.of("burst", Rate.parse("10/hour"));

	private static final Policy SUSTAINED = Policy.of("sustained", Rate.parse("20/day"));

	private final RedisProcess from = RedisFixture.cluster().master(0);

	private final RedisProcess to = RedisFixture.cluster().master(1);

	private final Client client = clientOfTheFirstMaster();

	private final List<QuotaGroup> groups = List
		.of(new QuotaGroup(Stream.of(BURST, SUSTAINED).map((policy) -> new Quota(this.client, policy)).toList()));

	private final int slot = SlotHash.getSlot(key(BURST));

	@BeforeEach
	void moveOneHistory() throws IOException {
		try (RedisCacheBackend backend = backend(Duration.ofSeconds(10))) {
			assertThat(backend.decide(this.groups)).extracting(Outcome::remaining).containsExactly(9L, 19L);
		}
		this.to.command("CLUSTER SETSLOT " + this.slot + " IMPORTING " + id(this.from));
		this.from.command("CLUSTER SETSLOT " + this.slot + " MIGRATING " + id(this.to));
		move(BURST);
	}

	@AfterEach
	void giveUpTheMove() throws IOException {
		this.to.command("ASKING\r\nDEL " + key(BURST) + "\r\nASKING\r\nDEL " + key(SUSTAINED));
		this.from.command("DEL " + key(SUSTAINED));
		this.from.command("CLUSTER SETSLOT " + this.slot + " STABLE");
		this.to.command("CLUSTER SETSLOT " + this.slot + " STABLE");
	}

	@Test
	void requestIsDecidedOnceWhenBothHistoriesHaveMoved() throws Exception {
		try (RedisCacheBackend backend = backend(Duration.ofSeconds(10))) {
			assertThat(isDecidedByRedis(backend)).isTrue();
			CompletableFuture<List<Outcome>> decided = CompletableFuture.supplyAsync(() -> backend.decide(this.groups));
			Thread.sleep(100);
			assertThat(decided).isNotDone();
			move(SUSTAINED);
			assertThat(decided.get())
				.allSatisfy((outcome) -> assertThat(outcome.decidedBy()).isEqualTo(DecidedBy.BACKEND))
				.extracting(Outcome::remaining)
				.containsExactly(8L, 18L);
		}
	}

	@Test
	void requestThatIsNotDecidedInTimeIsSaidToWaitForItsSlotAndRecordsNothing() throws Exception {
		ListAppender<ILoggingEvent> said = new ListAppender<>();
		said.start();
		Logger logger = (Logger) LoggerFactory.getLogger(UndecidedRequestLog.class);
		logger.addAppender(said);
		try (RedisCacheBackend backend = backend(Duration.ofMillis(300))) {
			RedisFixture.await(Duration.ofSeconds(10), () -> isDecidedByRedis(backend));
			// the time may be over before the last answer comes, which is then not known
			RedisFixture.await(Duration.ofSeconds(20), () -> {
				assertThat(backend.decide(this.groups)).extracting(Outcome::decidedBy).containsOnly(DecidedBy.LOCAL);
				return !said.list.isEmpty();
			});
			assertThat(said.list).singleElement()
				.extracting(ILoggingEvent::getFormattedMessage)
				.asString()
				.contains("TRYAGAIN", "slot of its keys is moving")
				.doesNotContain("something else");
			assertThat(isDecidedByRedis(backend)).as("another request").isTrue();
			move(SUSTAINED);
			assertThat(backend.decide(this.groups)).extracting(Outcome::remaining).containsExactly(8L, 18L);
		}
		finally {
			logger.detachAppender(said);
		}
	}

	private static boolean isDecidedByRedis(RedisCacheBackend backend) {
		return backend.decide(new Quota(clientOfTheFirstMaster(), BURST)).get(0).decidedBy() == DecidedBy.BACKEND;
	}

	private void move(Policy policy) throws IOException {
		assertThat(this.from.command("MIGRATE 127.0.0.1 " + this.to.port() + " " + key(policy) + " 0 2000"))
			.startsWith("+OK");
	}

	private String key(Policy policy) {
		return new RedisKeys("throttle", null).key(this.client, policy.historyKey());
	}

	private static String id(RedisProcess node) throws IOException {
		return node.command("CLUSTER MYID").lines().skip(1).findFirst().orElseThrow();
	}

	private static Client clientOfTheFirstMaster() {
		return Stream.generate(() -> Client.user(UUID.randomUUID().toString()))
			.filter((client) -> SlotHash.getSlot("{user:" + client.ident() + "}") < SlotHash.SLOT_COUNT / 3)
			.findFirst()
			.orElseThrow();
	}

	private static RedisCacheBackend backend(Duration timeout) {
		return RedisCacheBackend.builder(RedisFixture.cluster().connector(), MemoryCacheBackend.builder().build())
			.timeout(timeout)
			.knownDenials(Duration.ZERO)
			.build();
	}

}
