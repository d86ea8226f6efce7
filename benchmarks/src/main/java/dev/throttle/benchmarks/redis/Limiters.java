package dev.throttle.benchmarks.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.DecideCalls;
import dev.throttle.backend.redis.LettuceConnection;
import dev.throttle.backend.redis.RedisCacheBackend;
import dev.throttle.backend.redis.RedisConnector;
import dev.throttle.benchmarks.Limiter;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * The contestants. All but Redisson, which has a client of its own, use one connection
 * each of one Lettuce client.
 */
final class Limiters implements AutoCloseable {

	static final Duration PERIOD = Duration.ofHours(1);

	static final long SERVER_TIME = -1;

	private final RedisClient client = RedisClient.create();

	private final RedisURI uri;

	private final StatefulRedisConnection<String, String> connection;

	private final RedisAsyncCommands<String, String> commands;

	private final DecideCalls script;

	private final RedisCacheBackend backend;

	private final AsyncProxyManager<String> bucket4j;

	private final RedissonClient redisson;

	private final Map<String, CompletionStage<RRateLimiter>> redissonLimiters = new ConcurrentHashMap<>();

	private final AtomicLong members = new AtomicLong();

	private final String one;

	private final String least;

	private final String sortedSet;

	Limiters(String uri) throws IOException {
		this.uri = RedisURI.create(uri);
		this.connection = this.client.connect(this.uri);
		this.commands = this.connection.async();
		this.script = new DecideCalls(this.commands);
		this.backend = RedisCacheBackend.builder(new SharedConnection(), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(20))
			.knownDenials(Duration.ZERO)
			.build();
		this.bucket4j = Bucket4jLettuce
			.casBasedBuilder(
					this.client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE), this.uri).async())
			.expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(PERIOD))
			.build()
			.asAsync();
		Config config = new Config();
		config.useSingleServer().setAddress(uri);
		this.redisson = Redisson.create(config);
		this.one = this.connection.sync().scriptLoad("return 1");
		this.least = this.connection.sync().scriptLoad(read("least.lua"));
		this.sortedSet = this.connection.sync().scriptLoad(read("sorted-set.lua"));
	}

	private static String read(String script) throws IOException {
		try (InputStream stream = Limiters.class.getResourceAsStream(script)) {
			return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	StatefulRedisConnection<String, String> connection() {
		return this.connection;
	}

	DecideCalls script() {
		return this.script;
	}

	Limiter ping() {
		return (client) -> this.commands.ping().thenApply((answer) -> true);
	}

	Limiter get() {
		return (client) -> this.commands.get("client-" + client).thenApply((answer) -> true);
	}

	Limiter emptyScript() {
		return (client) -> this.commands.<Long>evalsha(this.one, ScriptOutputType.INTEGER)
			.thenApply((answer) -> answer == 1);
	}

	Limiter emptyScriptWithKeys(int keys) {
		return (client) -> {
			String[] names = new String[keys];
			for (int i = 0; i < keys; i++) {
				names[i] = key(client, i);
			}
			return this.commands.<Long>evalsha(this.one, ScriptOutputType.INTEGER, names, argument(keys))
				.thenApply((answer) -> answer == 1);
		};
	}

	/**
	 * A script that reads the clock and a key, and appends an entry to it, as whoever
	 * keeps a log must. It limits nothing.
	 */
	Limiter leastScript() {
		return (client) -> {
			CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8).add(this.least)
				.add(1)
				.addKey("least:" + key(client, 0))
				.add(argument(1));
			return this.commands.dispatch(CommandType.EVALSHA, new ByteArrayOutput<>(StringCodec.UTF8), arguments)
				.thenApply((answer) -> answer.length > 0);
		};
	}

	private static String key(int client, int scope) {
		return "throttle:{user:client-" + client + "}:scope-" + scope;
	}

	/**
	 * Return an argument of the length of that of Throttle's script.
	 */
	private static String argument(int keys) {
		return "x".repeat(24 + 32 * keys);
	}

	Limiter script(List<List<Policy>> scopes) {
		return (client) -> this.script.decide(group(client, scopes), SERVER_TIME);
	}

	/**
	 * Return the backend, which waits for its answer itself: only threads that wait
	 * anyway may ask it.
	 */
	Limiter backend(List<List<Policy>> scopes) {
		return (client) -> CompletableFuture
			.completedFuture(allAllow(this.backend.decide(List.of(group(client, scopes)))));
	}

	/**
	 * Return the backend, asked as a reactive application does.
	 */
	Limiter asyncBackend(List<List<Policy>> scopes) {
		return (client) -> this.backend.decideAsync(List.of(group(client, scopes)), Runnable::run)
			.thenApply(Limiters::allAllow);
	}

	private static boolean allAllow(List<Outcome> outcomes) {
		return outcomes.stream().allMatch(Outcome::isAllowed);
	}

	/**
	 * Return the policies of scopes.
	 * @param scopes how many scopes there are, all with the same rates
	 * @param rates how many rates a scope has, each of which has three times the limit
	 * and the period of the one before
	 * @param limit the limit of the first rate
	 */
	static List<List<Policy>> scopes(int scopes, int rates, long limit) {
		List<Rate> each = Stream
			.iterate(new Rate(limit, PERIOD), (rate) -> new Rate(rate.limit() * 3, rate.period().multipliedBy(3)))
			.limit(rates)
			.toList();
		return IntStream.range(0, scopes)
			.mapToObj((scope) -> Policy.ofScope(Scope.of("scope-" + scope), each))
			.toList();
	}

	static QuotaGroup group(int client, List<List<Policy>> scopes) {
		Client asking = Client.user("client-" + client);
		List<Quota> quotas = new ArrayList<>(scopes.size());
		for (List<Policy> policies : scopes) {
			quotas.add(new Quota(asking, policies, 1));
		}
		return new QuotaGroup(quotas);
	}

	/**
	 * The log that tutorials give, made by the server's clock.
	 */
	Limiter sortedSet(long limit) {
		return (client) -> sortedSet("client-" + client, limit, PERIOD);
	}

	CompletionStage<Boolean> sortedSet(String key, long limit, Duration period) {
		return this.commands
			.<Long>evalsha(this.sortedSet, ScriptOutputType.INTEGER, new String[] { "sorted-set:" + key },
					Long.toString(limit), Long.toString(period.toMillis()),
					Long.toString(this.members.incrementAndGet()))
			.thenApply((answer) -> answer == 1);
	}

	Limiter bucket4j(long limit) {
		BucketConfiguration configuration = BucketConfiguration.builder()
			.addLimit((limits) -> limits.capacity(limit).refillGreedy(limit, PERIOD))
			.build();
		CompletableFuture<BucketConfiguration> supplied = CompletableFuture.completedFuture(configuration);
		return (client) -> this.bucket4j.builder().build("bucket4j:client-" + client, () -> supplied).tryConsume(1);
	}

	Limiter redisson(long limit) {
		return (client) -> this.redissonLimiters.computeIfAbsent("redisson:client-" + client, (key) -> {
			RRateLimiter limiter = this.redisson.getRateLimiter(key);
			return limiter.trySetRateAsync(RateType.OVERALL, limit, PERIOD).thenApply((set) -> limiter);
		}).thenCompose(RRateLimiter::tryAcquireAsync);
	}

	/**
	 * Forget all that was counted.
	 */
	void clear() {
		this.redissonLimiters.clear();
		this.connection.sync().flushall();
	}

	@Override
	public void close() {
		this.backend.close();
		this.redisson.shutdown();
		this.client.shutdown();
	}

	/**
	 * Has the backend use the connection on which the floor is measured.
	 */
	private final class SharedConnection implements RedisConnector {

		@Override
		public CompletableFuture<LettuceConnection> connect() {
			return CompletableFuture
				.completedFuture(new LettuceConnection(Limiters.this.commands, Limiters.this.connection));
		}

		@Override
		public boolean isCluster() {
			return false;
		}

		@Override
		public void close() {
		}

	}

}
