package dev.throttle.benchmarks.postgresql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.jdbc.JdbcCacheBackend;
import dev.throttle.backend.jdbc.JdbcSchema;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.backend.redis.RedisConnector;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.benchmarks.Limiter;
import dev.throttle.benchmarks.Load;
import dev.throttle.benchmarks.redis.RedisServer;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * The contestants, each of which waits for its answers. Those in PostgreSQL share one
 * pool.
 */
final class PostgresLimiters implements AutoCloseable {

	private static final Duration PERIOD = Duration.ofHours(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	/** The prefix of the tables with long histories. */
	private static final String LONG_HISTORIES = "long_";

	private static final int CLIENTS_OF_LONG_HISTORIES = 200;

	private static final int ROWS_OF_THE_FLOOR = 100_000;

	/** More clients than ask in a turn. */
	private static final int CLIENTS_OF_A_TURN = 10_000;

	private final EmbeddedPostgres postgres;

	private final HikariDataSource pool;

	private final RedisServer redisServer;

	private final RedisClient redisClient = RedisClient.create();

	private final List<RemoteCacheBackend> backends = new ArrayList<>();

	/** The first client of the current turn. */
	private int firstClient;

	PostgresLimiters(int connections) throws IOException, SQLException {
		this.postgres = EmbeddedPostgres.builder()
			.setServerConfig("fsync", "off")
			.setServerConfig("synchronous_commit", "off")
			.setServerConfig("shared_buffers", "256MB")
			.start();
		HikariConfig config = new HikariConfig();
		config.setDataSource(this.postgres.getPostgresDatabase());
		config.setMaximumPoolSize(connections);
		this.pool = new HikariDataSource(config);
		this.redisServer = RedisServer.start("");
		execute("CREATE TABLE floor (key text PRIMARY KEY, count bigint NOT NULL) WITH (fillfactor = 50)");
		execute("INSERT INTO floor SELECT 'client-' || i, 0 FROM generate_series(0, " + (ROWS_OF_THE_FLOOR - 1)
				+ ") i");
		execute("CREATE TABLE bucket (id bigint PRIMARY KEY, state bytea, expires_at bigint)");
		new JdbcSchema(JdbcSchema.DEFAULT_TABLE_PREFIX, false).initialize(this.pool);
		new JdbcSchema(LONG_HISTORIES, false).initialize(this.pool);
	}

	/**
	 * Return the floor: one row is found by its key, changed and returned.
	 */
	Limiter floor() {
		return waiting((client) -> {
			try (Connection connection = this.pool.getConnection();
					PreparedStatement update = connection
						.prepareStatement("UPDATE floor SET count = count + 1 WHERE key = ? RETURNING count")) {
				update.setString(1, "client-" + (this.firstClient + client) % ROWS_OF_THE_FLOOR);
				try (ResultSet count = update.executeQuery()) {
					return count.next();
				}
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	Limiter throttle(int scopes, long limit) {
		return ofTurn(throttle(jdbc(JdbcSchema.DEFAULT_TABLE_PREFIX), scopes, limit));
	}

	/**
	 * Return Throttle with clients who have asked often before.
	 * @param limit the limit
	 * @param entries how often each client has asked
	 */
	Limiter throttleWithHistories(long limit, int entries) {
		Limiter limiter = throttle(jdbc(LONG_HISTORIES), 1, limit);
		IntStream.range(0, CLIENTS_OF_LONG_HISTORIES * entries)
			.forEach((number) -> limiter.askAndWait(number % CLIENTS_OF_LONG_HISTORIES));
		return (client) -> limiter.ask(client % CLIENTS_OF_LONG_HISTORIES);
	}

	Limiter throttleInRedis(long limit) {
		RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisConnector.standalone(this.redisClient, RedisURI.create(this.redisServer.uri())),
					MemoryCacheBackend.builder().build())
			.timeout(TIMEOUT)
			.knownDenials(Duration.ZERO)
			.build();
		this.backends.add(backend);
		return ofTurn(throttle(backend, 1, limit));
	}

	Limiter selectForUpdate(long limit) {
		return bucket4j(Bucket4jPostgreSQL.selectForUpdateBasedBuilder(this.pool).build(), limit);
	}

	Limiter advisoryLock(long limit) {
		return bucket4j(Bucket4jPostgreSQL.advisoryLockBasedBuilder(this.pool).build(), limit);
	}

	private Limiter bucket4j(ProxyManager<Long> buckets, long limit) {
		BucketConfiguration configuration = BucketConfiguration.builder()
			.addLimit((limits) -> limits.capacity(limit).refillGreedy(limit, PERIOD))
			.build();
		return ofTurn(waiting((client) -> buckets.builder().build((long) client, () -> configuration).tryConsume(1)));
	}

	private JdbcCacheBackend jdbc(String tablePrefix) {
		JdbcCacheBackend backend = JdbcCacheBackend.builder(this.pool, MemoryCacheBackend.builder().build())
			.tablePrefix(tablePrefix)
			.timeout(TIMEOUT)
			.knownDenials(Duration.ZERO)
			.build();
		this.backends.add(backend);
		return backend;
	}

	private static Limiter throttle(CacheBackend backend, int scopes, long limit) {
		List<List<Policy>> policies = IntStream.range(0, scopes)
			.mapToObj((scope) -> Policy.ofScope(Scope.of("scope-" + scopes + "-" + limit + "-" + scope),
					List.of(new Rate(limit, PERIOD))))
			.toList();
		return waiting((client) -> {
			Client asking = Client.user("client-" + client);
			return backend
				.decide(List.of(new QuotaGroup(policies.stream().map((each) -> new Quota(asking, each, 1)).toList())))
				.stream()
				.allMatch(Outcome::isAllowed);
		});
	}

	private static Limiter waiting(IntPredicate asked) {
		return (client) -> CompletableFuture.completedFuture(asked.test(client));
	}

	private Limiter ofTurn(Limiter limiter) {
		return (client) -> limiter.ask(this.firstClient + client);
	}

	/**
	 * Begin a turn with new clients, and let each of them ask once. Tables are not
	 * emptied, because the server would plan all statements anew.
	 */
	void prepare(Limiter limiter) {
		this.firstClient += CLIENTS_OF_A_TURN;
		IntStream.range(0, Load.CLIENTS).forEach(limiter::askAndWait);
	}

	String serverVersion() throws SQLException {
		try (Connection connection = this.pool.getConnection()) {
			return connection.getMetaData().getDatabaseProductVersion();
		}
	}

	private void execute(String statement) throws SQLException {
		try (Connection connection = this.pool.getConnection(); Statement statements = connection.createStatement()) {
			statements.execute(statement);
		}
	}

	@Override
	public void close() throws IOException {
		this.backends.forEach(RemoteCacheBackend::close);
		this.redisClient.shutdown();
		this.redisServer.close();
		this.pool.close();
		this.postgres.close();
	}

}
