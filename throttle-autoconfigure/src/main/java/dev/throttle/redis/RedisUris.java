package dev.throttle.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.WithAuthentication;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;
import org.springframework.util.StringUtils;

/**
 * Converts the configuration of a {@link LettuceConnectionFactory} to Lettuce's URIs.
 */
final class RedisUris {

	/** Limits a handshake and a topology refresh, not a decision. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private RedisUris() {
	}

	/**
	 * Return the URI of a single server, or of the master that Sentinel names.
	 */
	static RedisURI of(LettuceConnectionFactory factory) {
		RedisSentinelConfiguration sentinel = factory.getSentinelConfiguration();
		if (sentinel != null) {
			return ofSentinels(sentinel, factory.getClientConfiguration());
		}
		RedisSocketConfiguration socket = factory.getSocketConfiguration();
		if (socket != null) {
			RedisURI uri = new RedisURI();
			uri.setSocket(socket.getSocket());
			uri.setTimeout(TIMEOUT);
			uri.setDatabase(socket.getDatabase());
			authenticate(uri, socket, factory.getClientConfiguration());
			factory.getClientConfiguration().getClientName().ifPresent(uri::setClientName);
			return uri;
		}
		RedisURI uri = uri(factory.getHostName(), factory.getPort(), factory.getClientConfiguration());
		uri.setDatabase(factory.getDatabase());
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(factory.getHostName(),
				factory.getPort());
		server.setUsername(factory.getStandaloneConfiguration().getUsername());
		server.setPassword(factory.getPassword());
		authenticate(uri, server, factory.getClientConfiguration());
		return uri;
	}

	/**
	 * Return the URIs of a cluster's seed nodes.
	 */
	static List<RedisURI> ofCluster(LettuceConnectionFactory factory) {
		RedisClusterConfiguration cluster = Objects.requireNonNull(factory.getClusterConfiguration());
		return cluster.getClusterNodes().stream().map((node) -> {
			RedisURI uri = uri(node, RedisURI.DEFAULT_REDIS_PORT, factory.getClientConfiguration());
			authenticate(uri, cluster, factory.getClientConfiguration());
			return uri;
		}).toList();
	}

	private static RedisURI ofSentinels(RedisSentinelConfiguration sentinel, LettuceClientConfiguration configuration) {
		RedisURI master = new RedisURI();
		secure(master, configuration);
		master.setSentinelMasterId(Objects.requireNonNull(sentinel.getMaster(), "No master is configured").getName());
		master.setDatabase(sentinel.getDatabase());
		authenticate(master, sentinel, configuration);
		for (RedisNode node : sentinel.getSentinels()) {
			RedisURI uri = uri(node, RedisURI.DEFAULT_SENTINEL_PORT, configuration);
			RedisCredentialsProviderFactory credentials = configuration.getRedisCredentialsProviderFactory()
				.orElse(null);
			if (credentials != null) {
				uri.setCredentialsProvider(credentials.createSentinelCredentialsProvider(sentinel));
			}
			else {
				authenticate(uri, sentinel.getSentinelUsername(), sentinel.getSentinelPassword());
			}
			master.getSentinels().add(uri);
		}
		return master;
	}

	private static RedisURI uri(RedisNode node, int defaultPort, LettuceClientConfiguration configuration) {
		Integer port = node.getPort();
		return uri(Objects.requireNonNull(node.getHost()), (port != null) ? port : defaultPort, configuration);
	}

	private static RedisURI uri(String host, int port, LettuceClientConfiguration configuration) {
		RedisURI uri = new RedisURI();
		uri.setHost(host);
		uri.setPort(port);
		secure(uri, configuration);
		return uri;
	}

	private static void secure(RedisURI uri, LettuceClientConfiguration configuration) {
		uri.setSsl(configuration.isUseSsl());
		uri.setVerifyPeer(configuration.getVerifyMode());
		uri.setStartTls(configuration.isStartTls());
		uri.setTimeout(TIMEOUT);
		configuration.getClientName().ifPresent(uri::setClientName);
	}

	private static <C extends RedisConfiguration & WithAuthentication> void authenticate(RedisURI uri, C server,
			LettuceClientConfiguration configuration) {
		RedisCredentialsProviderFactory credentials = configuration.getRedisCredentialsProviderFactory().orElse(null);
		if (credentials != null) {
			uri.setCredentialsProvider(credentials.createCredentialsProvider(server));
		}
		else {
			authenticate(uri, server.getUsername(), server.getPassword());
		}
	}

	private static void authenticate(RedisURI uri, @Nullable String username, RedisPassword password) {
		if (StringUtils.hasText(username) || password.isPresent()) {
			RedisCredentials credentials = RedisCredentials.just(StringUtils.hasText(username) ? username : null,
					password.map(String::new).orElse(""));
			uri.setCredentialsProvider(RedisCredentialsProvider.from(() -> credentials));
		}
	}

}
