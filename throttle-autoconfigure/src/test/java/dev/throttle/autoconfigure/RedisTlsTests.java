package dev.throttle.autoconfigure;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.redis.TestRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for counting in a Redis that speaks TLS, which the one that comes with the build
 * does not.
 */
@EnabledIf("isServerInstalled")
@Tag("integration")
class RedisTlsTests {

	private static final Path SERVER = Path.of("/usr/bin/redis-server");

	private static final QuotaGroup CHARGE = new QuotaGroup(
			List.of(new Quota(Client.user("alice"), Policy.of("login", Rate.parse("1/hour")), 1)));

	@TempDir
	private Path directory;

	static boolean isServerInstalled() throws Exception {
		if (!Files.isExecutable(SERVER)) {
			return false;
		}
		Process process = new ProcessBuilder(SERVER.toString(), "--tls-port", "0", "--port", "0", "--test-tls")
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes());
		return !output.contains("tls-port");
	}

	@Test
	void bundleOfTheApplicationIsTrusted() throws Exception {
		Path certificate = this.directory.resolve("certificate.pem");
		Path key = this.directory.resolve("key.pem");
		write(certificate, key);
		try (TestRedis redis = TestRedis.startBinary(SERVER.toString(), "--port", "0", "--tls-port", "PORT",
				"--tls-cert-file", certificate.toString(), "--tls-key-file", key.toString(), "--tls-auth-clients",
				"no")) {
			ApplicationContextRunner runner = new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, SslAutoConfiguration.class,
						RedisAutoConfiguration.class))
				.withPropertyValues("throttle.backend=redis", "throttle.redis.timeout=10s", "throttle.on-failure=deny",
						"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + redis.port());
			runner
				.withPropertyValues("spring.data.redis.ssl.bundle=redis",
						"spring.ssl.bundle.pem.redis.truststore.certificate=" + certificate)
				.run((context) -> {
					CacheBackend backend = context.getBean("cacheBackend", CacheBackend.class);
					assertThat(backend.decide(List.of(CHARGE)).get(0).isAllowed()).isTrue();
					assertThat(backend.decide(List.of(CHARGE)).get(0).isAllowed()).isFalse();
				});
			runner.withPropertyValues("spring.data.redis.ssl.enabled=true")
				.run((context) -> assertThatExceptionOfType(BackendUnavailableException.class)
					.isThrownBy(() -> context.getBean("cacheBackend", CacheBackend.class).decide(List.of(CHARGE))));
		}
	}

	private void write(Path certificate, Path key) throws Exception {
		Path store = this.directory.resolve("store.p12");
		char[] password = "changeit".toCharArray();
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "redis", "-keyalg", "RSA", "-dname", "CN=redis", "-ext", "san=ip:127.0.0.1",
				"-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", new String(password))
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream input = Files.newInputStream(store)) {
			keys.load(input, password);
		}
		Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("redis").getEncoded()));
		Files.writeString(key, pem("PRIVATE KEY", keys.getKey("redis", password).getEncoded()));
	}

	private static String pem(String type, byte[] content) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content)
				+ "\n-----END " + type + "-----\n";
	}

}
