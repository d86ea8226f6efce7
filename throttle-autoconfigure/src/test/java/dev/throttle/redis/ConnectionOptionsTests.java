package dev.throttle.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionOptions}.
 */
class ConnectionOptionsTests {

	private static final SslOptions SSL = SslOptions.builder().protocols("TLSv1.3").build();

	@Test
	void nothingIsQueuedWhateverTheApplicationDoes() {
		ClientOptions options = ConnectionOptions.standalone(configuration(
				ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS).build()));
		assertThat(options.getDisconnectedBehavior()).isEqualTo(DisconnectedBehavior.REJECT_COMMANDS);
	}

	@Test
	void tlsAndProtocolAreTakenFromTheApplication() {
		ClientOptions options = ConnectionOptions.standalone(
				configuration(ClientOptions.builder().sslOptions(SSL).protocolVersion(ProtocolVersion.RESP2).build()));
		assertThat(options.getSslOptions()).isSameAs(SSL);
		assertThat(options.getConfiguredProtocolVersion()).isEqualTo(ProtocolVersion.RESP2);
	}

	@Test
	void applicationWithoutOptions() {
		ClientOptions options = ConnectionOptions.standalone(LettuceClientConfiguration.builder().build());
		assertThat(options.getDisconnectedBehavior()).isEqualTo(DisconnectedBehavior.REJECT_COMMANDS);
	}

	@Test
	void clusterIsRefreshedAdaptivelyAndFoundAsInTheApplication() {
		RedisClusterConfiguration cluster = new RedisClusterConfiguration();
		ClusterClientOptions options = ConnectionOptions.cluster(
				configuration(
						ClusterClientOptions.builder().sslOptions(SSL).validateClusterNodeMembership(false).build()),
				cluster);
		assertThat(options.getDisconnectedBehavior()).isEqualTo(DisconnectedBehavior.REJECT_COMMANDS);
		assertThat(options.getTopologyRefreshOptions().getAdaptiveRefreshTriggers()).isNotEmpty();
		assertThat(options.getSslOptions()).isSameAs(SSL);
		assertThat(options.isValidateClusterNodeMembership()).isFalse();
	}

	@Test
	void redirectsOfClusterAreThoseOfTheApplication() {
		RedisClusterConfiguration cluster = new RedisClusterConfiguration();
		cluster.setMaxRedirects(2);
		assertThat(ConnectionOptions.cluster(configuration(ClientOptions.create()), cluster).getMaxRedirects())
			.isEqualTo(2);
	}

	private static LettuceClientConfiguration configuration(ClientOptions options) {
		return LettuceClientConfiguration.builder().clientOptions(options).build();
	}

}
