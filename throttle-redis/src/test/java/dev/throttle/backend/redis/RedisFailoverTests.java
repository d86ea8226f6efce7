package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.memory.MemoryCacheBackend;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A replica takes over, in a cluster and under a Sentinel.
 */
@Tag("integration")
class RedisFailoverTests {

	private static final int LIMIT = 500;

	private static final int INSTANCES = 3;

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	/** How long the requests go on at least. */
	private static final Duration HELD = Duration.ofMillis(1500);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<RedisCacheBackend> instances = new ArrayList<>();

	@AfterEach
	void close() {
		this.instances.forEach(RedisCacheBackend::close);
	}

	@Test
	void killedMasterOfAClusterIsFollowed() throws Exception {
		try (RedisCluster cluster = RedisCluster.start(1000)) {
			open(cluster::connector);
			followed("Cluster, master killed", () -> cluster.master(0).kill(), () -> isMaster(cluster.replica(0)));
		}
	}

	@Test
	void orderlyFailoverOfAClusterIsFollowed() throws Exception {
		try (RedisCluster cluster = RedisCluster.start(1000)) {
			open(cluster::connector);
			AtomicLong asked = new AtomicLong();
			followed("Cluster, CLUSTER FAILOVER", () -> {
			}, () -> isMaster(cluster.replica(0)) || failOver(cluster.replica(0), asked));
		}
	}

	/**
	 * Ask a replica to take over. It gives up after five seconds where the other masters
	 * are too busy to vote.
	 */
	private static boolean failOver(RedisProcess replica, AtomicLong asked) {
		long now = System.nanoTime();
		if (asked.get() == 0 || now - asked.get() > Duration.ofSeconds(6).toNanos()) {
			asked.set(now);
			replica.ask("CLUSTER FAILOVER");
		}
		return false;
	}

	@Test
	void suspendedMasterOfAClusterIsFollowed() throws Exception {
		try (RedisCluster cluster = RedisCluster.start(1000)) {
			open(cluster::connector);
			followed("Cluster, master suspended", () -> cluster.master(0).suspend(),
					() -> isMaster(cluster.replica(0)));
		}
	}

	@Test
	void masterThatASentinelNamesIsFollowed() throws Exception {
		try (RedisProcess master = RedisProcess.start();
				RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1", Integer.toString(master.port()));
				RedisProcess sentinel = RedisProcess.start("--sentinel")) {
			await(() -> replica.field("INFO replication", "master_link_status").equals("up"));
			sentinel.command("SENTINEL MONITOR main 127.0.0.1 " + master.port() + " 1");
			sentinel.command("SENTINEL SET main down-after-milliseconds 1000");
			sentinel.command("SENTINEL SET main failover-timeout 5000");
			await(() -> sentinel.field("INFO sentinel", "master0").contains("slaves=1"));
			open(() -> {
				RedisClient client = RedisClient.create();
				client.setOptions(RedisClientOptions.standalone().build());
				return RedisConnector.standalone(client,
						RedisURI.builder()
							.withSentinel("127.0.0.1", sentinel.port())
							.withSentinelMasterId("main")
							.build());
			});
			followed("Sentinel, master killed", master::kill, () -> isMaster(replica));
		}
	}

	private void open(Supplier<RedisConnector> connector) {
		for (int i = 0; i < INSTANCES; i++) {
			this.instances.add(RedisCacheBackend.builder(connector.get(), MemoryCacheBackend.builder().build())
				.timeout(TIMEOUT)
				.build());
		}
	}

	/**
	 * Each instance may give a limit of its own while the server is away, and what was
	 * not replicated yet is lost: at most one limit more.
	 */
	private void followed(String name, Step failover, BooleanSupplier done) throws Exception {
		Quota quota = new Quota(client(), Policy.of("burst", Rate.parse(LIMIT + "/hour")));
		await(() -> this.instances.stream().allMatch((instance) -> decides(instance, "warm-up")));
		int admitted = 0;
		for (int i = 0; i < LIMIT / 2; i++) {
			admitted += this.instances.get(i % INSTANCES).decide(quota).get(0).isAllowed() ? 1 : 0;
		}
		long slowest = 0;
		failover.run();
		long start = System.nanoTime();
		boolean shared = false;
		while (!shared || System.nanoTime() - start < HELD.toNanos()) {
			assertThat(System.nanoTime() - start).as("time is up").isLessThan(PATIENCE.toNanos());
			boolean all = done.getAsBoolean();
			for (RedisCacheBackend instance : this.instances) {
				long before = System.nanoTime();
				Outcome outcome = instance.decide(quota).get(0);
				slowest = Math.max(slowest, System.nanoTime() - before);
				admitted += outcome.isAllowed() ? 1 : 0;
				all &= outcome.decidedAt() != null;
			}
			shared |= all;
			Thread.sleep(5);
		}
		for (int i = 0; i < 4 * LIMIT; i++) {
			admitted += this.instances.get(i % INSTANCES).decide(quota).get(0).isAllowed() ? 1 : 0;
		}
		System.out.println(name + ": " + admitted + " admitted of a limit of " + LIMIT + ", " + (admitted - LIMIT)
				+ " beyond it, slowest decision " + slowest / 1_000_000 + " ms");
		assertThat(admitted).isBetween(LIMIT, LIMIT * (2 + INSTANCES));
	}

	/**
	 * Return a client whose histories are on the first master of a cluster.
	 */
	private static Client client() {
		for (int i = 0;; i++) {
			if (SlotHash.getSlot("{user:alice-" + i + "}") < SlotHash.SLOT_COUNT / 3) {
				return Client.user("alice-" + i);
			}
		}
	}

	private static boolean decides(RedisCacheBackend instance, String user) {
		return instance.decide(new Quota(Client.user(user), Policy.of("wide", Rate.parse("100000/hour"))))
			.get(0)
			.decidedAt() != null;
	}

	private static boolean isMaster(RedisProcess node) {
		return node.field("INFO replication", "role").equals("master");
	}

	private static void await(Callable<Boolean> condition) {
		RedisFixture.await(PATIENCE, condition);
	}

	@FunctionalInterface
	private interface Step {

		void run() throws Exception;

	}

}
