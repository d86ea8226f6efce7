package dev.throttle.redis;

import java.time.Duration;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisUris}.
 */
class RedisUrisTests {

	private static final LettuceClientConfiguration DEFAULTS = LettuceClientConfiguration.defaultConfiguration();

	@Test
	void oneServer() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("redis.example", 6380);
		server.setDatabase(3);
		RedisURI uri = RedisUris.of(factory(server, DEFAULTS));
		assertThat(uri.getHost()).isEqualTo("redis.example");
		assertThat(uri.getPort()).isEqualTo(6380);
		assertThat(uri.getDatabase()).isEqualTo(3);
		assertThat(uri.isSsl()).isFalse();
		assertThat(uri.getClientName()).isNull();
		assertThat(credentials(uri)).isEqualTo("null:null");
	}

	@Test
	void oneServerOfFactoryThatIsMadeOfAnyConfiguration() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("redis.example", 6380);
		server.setDatabase(3);
		server.setPassword("open sesame");
		RedisURI uri = RedisUris.of(new LettuceConnectionFactory((RedisConfiguration) server));
		assertThat(uri.getHost()).isEqualTo("redis.example");
		assertThat(uri.getPort()).isEqualTo(6380);
		assertThat(uri.getDatabase()).isEqualTo(3);
		assertThat(credentials(uri)).isEqualTo("null:open sesame");
	}

	@Test
	void passwordAlone() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration();
		server.setPassword("open sesame");
		assertThat(credentials(RedisUris.of(factory(server, DEFAULTS)))).isEqualTo("null:open sesame");
	}

	@Test
	void userAndPassword() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration();
		server.setUsername("ali");
		server.setPassword("open sesame");
		assertThat(credentials(RedisUris.of(factory(server, DEFAULTS)))).isEqualTo("ali:open sesame");
	}

	@Test
	void credentialsOfTheFactoryComeFirst() {
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration();
		server.setPassword("open sesame");
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.redisCredentialsProviderFactory(new Credentials())
			.build();
		assertThat(credentials(RedisUris.of(factory(server, client)))).isEqualTo("made:up");
	}

	@Test
	void clientNameAndTls() {
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.clientName("shop")
			.useSsl()
			.startTls()
			.verifyPeer(SslVerifyMode.CA)
			.build();
		RedisURI uri = RedisUris.of(factory(new RedisStandaloneConfiguration(), client));
		assertThat(uri.getClientName()).isEqualTo("shop");
		assertThat(uri.isSsl()).isTrue();
		assertThat(uri.isStartTls()).isTrue();
		assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
		LettuceClientConfiguration trusting = LettuceClientConfiguration.builder()
			.useSsl()
			.disablePeerVerification()
			.build();
		assertThat(RedisUris.of(factory(new RedisStandaloneConfiguration(), trusting)).getVerifyMode())
			.isEqualTo(SslVerifyMode.NONE);
	}

	@Test
	void unixDomainSocket() {
		RedisSocketConfiguration socket = new RedisSocketConfiguration("/run/redis.sock");
		socket.setDatabase(2);
		socket.setPassword("open sesame");
		RedisURI uri = RedisUris.of(factory(socket, DEFAULTS));
		assertThat(uri.getSocket()).isEqualTo("/run/redis.sock");
		assertThat(uri.getDatabase()).isEqualTo(2);
		assertThat(credentials(uri)).isEqualTo("null:open sesame");
	}

	@Test
	void sentinelsWithTheirOwnCredentials() {
		RedisSentinelConfiguration sentinel = new RedisSentinelConfiguration().master("main")
			.sentinel("one.example", 26380)
			.sentinel("two.example", 26379);
		sentinel.setDatabase(1);
		sentinel.setUsername("ali");
		sentinel.setPassword("open sesame");
		sentinel.setSentinelUsername("guard");
		sentinel.setSentinelPassword("halt");
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.clientName("shop")
			.useSsl()
			.verifyPeer(SslVerifyMode.CA)
			.build();
		RedisURI uri = RedisUris.of(factory(sentinel, client));
		assertThat(uri.getSentinelMasterId()).isEqualTo("main");
		assertThat(uri.getDatabase()).isEqualTo(1);
		assertThat(uri.isSsl()).isTrue();
		assertThat(credentials(uri)).isEqualTo("ali:open sesame");
		assertThat(uri.getSentinels()).extracting((each) -> each.getHost() + ":" + each.getPort())
			.containsExactly("one.example:26380", "two.example:26379");
		assertThat(uri.getSentinels()).allSatisfy((each) -> {
			assertThat(credentials(each)).isEqualTo("guard:halt");
			assertThat(each.isSsl()).isTrue();
			assertThat(each.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
			assertThat(each.getClientName()).isEqualTo("shop");
		});
	}

	@Test
	void sentinelsDoNotGetThePasswordOfTheirMaster() {
		RedisSentinelConfiguration sentinel = new RedisSentinelConfiguration().master("main")
			.sentinel("one.example", 26379);
		sentinel.setPassword("open sesame");
		assertThat(RedisUris.of(factory(sentinel, DEFAULTS)).getSentinels()).singleElement()
			.extracting(RedisUrisTests::credentials)
			.isEqualTo("null:null");
	}

	@Test
	void sentinelsGetTheirCredentialsFromTheFactory() {
		RedisSentinelConfiguration sentinel = new RedisSentinelConfiguration().master("main")
			.sentinel("one.example", 26379);
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.redisCredentialsProviderFactory(new Credentials())
			.build();
		RedisURI uri = RedisUris.of(factory(sentinel, client));
		assertThat(credentials(uri)).isEqualTo("made:up");
		assertThat(credentials(uri.getSentinels().get(0))).isEqualTo("sentinel:up");
	}

	@Test
	void nodesOfCluster() {
		RedisClusterConfiguration cluster = new RedisClusterConfiguration().clusterNode("one.example", 7001)
			.clusterNode("two.example", 7002);
		cluster.setUsername("ali");
		cluster.setPassword("open sesame");
		LettuceClientConfiguration client = LettuceClientConfiguration.builder().useSsl().build();
		assertThat(RedisUris.ofCluster(factory(cluster, client)))
			.extracting((uri) -> uri.getHost() + ":" + uri.getPort() + " " + credentials(uri) + " " + uri.isSsl())
			.containsExactlyInAnyOrder("one.example:7001 ali:open sesame true",
					"two.example:7002 ali:open sesame true");
	}

	@Test
	void commandTimeoutIsNotTakenOver() {
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.commandTimeout(Duration.ofMinutes(5))
			.build();
		assertThat(RedisUris.of(factory(new RedisStandaloneConfiguration(), client)).getTimeout()).hasSeconds(2);
	}

	private static LettuceConnectionFactory factory(RedisStandaloneConfiguration server,
			LettuceClientConfiguration client) {
		return new LettuceConnectionFactory(server, client);
	}

	private static LettuceConnectionFactory factory(RedisConfiguration server, LettuceClientConfiguration client) {
		return new LettuceConnectionFactory(server, client);
	}

	private static String credentials(RedisURI uri) {
		RedisCredentials credentials = uri.getCredentialsProvider().resolveCredentials().block();
		return credentials == null ? "none" : credentials.getUsername() + ":" + text(credentials.getPassword());
	}

	private static String text(char @Nullable [] password) {
		return (password != null) ? new String(password) : "null";
	}

	private static final class Credentials implements RedisCredentialsProviderFactory {

		@Override
		public RedisCredentialsProvider createCredentialsProvider(RedisConfiguration configuration) {
			return RedisCredentialsProvider.from(() -> RedisCredentials.just("made", "up"));
		}

		@Override
		public RedisCredentialsProvider createSentinelCredentialsProvider(RedisSentinelConfiguration configuration) {
			return RedisCredentialsProvider.from(() -> RedisCredentials.just("sentinel", "up"));
		}

	}

}
