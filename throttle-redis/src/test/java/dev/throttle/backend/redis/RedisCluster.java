package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;

/**
 * A cluster of three masters with a replica each, as processes of their own.
 */
final class RedisCluster implements AutoCloseable {

	private static final int MASTERS = 3;

	private static final int SLOTS = 16384;

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final List<RedisProcess> nodes = new ArrayList<>();

	private RedisCluster() {
	}

	/**
	 * Start a cluster.
	 * @param nodeTimeoutMillis after which time a node that does not answer is away
	 */
	static RedisCluster start(int nodeTimeoutMillis) throws IOException {
		RedisCluster cluster = new RedisCluster();
		try {
			cluster.form(nodeTimeoutMillis);
		}
		catch (IOException | RuntimeException | Error ex) {
			cluster.close();
			throw ex;
		}
		return cluster;
	}

	private void form(int nodeTimeoutMillis) throws IOException {
		for (int i = 0; i < 2 * MASTERS; i++) {
			this.nodes.add(RedisProcess.start("--cluster-enabled", "yes", "--cluster-node-timeout",
					Integer.toString(nodeTimeoutMillis), "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay",
					"0"));
		}
		for (int i = 0; i < this.nodes.size(); i++) {
			this.nodes.get(i).command("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
		}
		for (int i = 0; i < MASTERS; i++) {
			String slots = IntStream.range(i * SLOTS / MASTERS, (i + 1) * SLOTS / MASTERS)
				.mapToObj(Integer::toString)
				.collect(Collectors.joining(" "));
			this.nodes.get(i).command("CLUSTER ADDSLOTS " + slots);
			this.nodes.get(0).command("CLUSTER MEET 127.0.0.1 " + this.nodes.get(i).port());
			this.nodes.get(0).command("CLUSTER MEET 127.0.0.1 " + this.nodes.get(i + MASTERS).port());
		}
		await(() -> this.nodes.stream()
			.allMatch((node) -> node.field("CLUSTER INFO", "cluster_known_nodes").equals("6")));
		for (int i = 0; i < MASTERS; i++) {
			String id = this.nodes.get(i).command("CLUSTER MYID").lines().skip(1).findFirst().orElseThrow();
			RedisProcess replica = this.nodes.get(i + MASTERS);
			await(() -> replica.ask("CLUSTER REPLICATE " + id).startsWith("+OK"));
		}
		await(() -> this.nodes.stream().allMatch((node) -> node.field("CLUSTER INFO", "cluster_state").equals("ok")));
		await(() -> this.nodes.subList(MASTERS, 2 * MASTERS)
			.stream()
			.allMatch((node) -> node.field("INFO replication", "master_link_status").equals("up")));
	}

	private static void await(Callable<Boolean> condition) {
		RedisFixture.await(PATIENCE, condition);
	}

	RedisConnector connector() {
		RedisClusterClient client = RedisClusterClient.create(this.nodes.stream()
			.map((node) -> RedisURI.builder(RedisURI.create(node.uri()))
				.withTimeout(RedisClientOptions.CONNECT_TIMEOUT)
				.build())
			.toList());
		client.setOptions(RedisClientOptions.cluster().build());
		return RedisConnector.cluster(client);
	}

	List<RedisProcess> nodes() {
		return this.nodes;
	}

	RedisProcess master(int index) {
		return this.nodes.get(index);
	}

	RedisProcess replica(int index) {
		return this.nodes.get(index + MASTERS);
	}

	@Override
	public void close() {
		this.nodes.forEach(RedisProcess::close);
	}

}
