package dev.throttle.backend.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariDataSource;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several {@link JdbcCacheBackend}s on one server, as several instances of an application
 * have them.
 */
@Tag("integration")
class JdbcInstancesTests {

	private static final int THREADS = 64;

	private static final List<HikariDataSource> pools = new ArrayList<>();

	private static final List<JdbcCacheBackend> instances = new ArrayList<>();

	private final Client client = Client.user(UUID.randomUUID().toString());

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeAll
	static void open() {
		for (int i = 0; i < 3; i++) {
			HikariDataSource pool = PostgresFixture.pool(5);
			pools.add(pool);
			instances.add(JdbcCacheBackend.builder(pool, MemoryCacheBackend.builder().build())
				.timeout(Duration.ofSeconds(10))
				.onFailure((scope) -> OnFailure.DENY)
				.build());
		}
	}

	@AfterAll
	static void close() {
		instances.forEach(JdbcCacheBackend::close);
		pools.forEach(HikariDataSource::close);
		instances.clear();
		pools.clear();
	}

	@RepeatedTest(20)
	void exactlyAsManyAreAdmittedAsTheLimitSays() throws Exception {
		Quota quota = new Quota(this.client, Policy.of("burst", Rate.parse("1000/hour")));
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Future<Integer>> admitted = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			JdbcCacheBackend instance = instances.get(i % instances.size());
			admitted.add(threads.submit(() -> {
				start.await();
				int count = 0;
				for (int request = 0; request < 20; request++) {
					count += driver().decide(instance, quota).isAllowed() ? 1 : 0;
				}
				return count;
			}));
		}
		int sum = 0;
		for (Future<Integer> future : admitted) {
			sum += future.get();
		}
		threads.shutdown();
		assertThat(sum).isEqualTo(1000);
	}

	@Test
	void requestOfFourQuotasIsOneTransactionAndAKnownDenialNone() throws SQLException {
		List<QuotaGroup> request = List.of(new QuotaGroup(
				List.of(quota("a", "2/hour"), quota("b", "9/hour"), quota("c", "9/hour"), quota("d", "9/hour"))));
		JdbcCacheBackend instance = instances.get(0);
		driver().decide(instance, request);
		try (Connection connection = pools.get(0).getConnection()) {
			connection.setAutoCommit(false);
			long before = transaction(connection);
			assertThat(driver().decide(instance, request)).allMatch(Outcome::isAllowed);
			assertThat(transaction(connection)).isEqualTo(before + 1);
			assertThat(driver().decide(instance, request).get(0).isAllowed()).isFalse();
			assertThat(transaction(connection)).isEqualTo(before + 1);
		}
	}

	/**
	 * Return the number of the next transaction that writes.
	 */
	private static long transaction(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) {
			result.next();
			long next = result.getLong(1);
			connection.commit();
			return next;
		}
	}

	private Quota quota(String scope, String rate) {
		return new Quota(this.client, Policy.of(scope, Rate.parse(rate)));
	}

}
