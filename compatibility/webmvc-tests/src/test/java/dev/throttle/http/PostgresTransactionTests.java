package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transactions of handlers and counting in the same PostgreSQL do not affect each other.
 */
class PostgresTransactionTests {

	private static TestDatabase database;

	private static RunningApplication application;

	private Caller caller;

	@BeforeAll
	static void start() {
		database = TestDatabase.start();
		database.execute("CREATE TABLE orders (id integer)");
		application = RunningApplication.start(Application.class, "spring.application.name=orders",
				"spring.profiles.active=jdbc", "throttle.backend=jdbc", "throttle.jdbc.initialize-schema=always",
				"throttle.jdbc.timeout=10s", "throttle.on-failure=deny", "throttle.rates.user=5/day",
				"spring.datasource.url=" + database.url(), "spring.datasource.hikari.maximum-pool-size=1",
				"logging.level.root=off");
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@BeforeEach
	void newcomer() {
		this.caller = application.caller().asNewcomer();
	}

	@Test
	void handlerThatRollsBackTakesNothingBack() {
		for (int i = 0; i < 5; i++) {
			assertThat(this.caller.get("/rolled-back").statusCode()).isEqualTo(500);
		}
		assertThat(this.caller.get("/rolled-back").statusCode()).isEqualTo(429);
		assertThat(database.query("SELECT count(*) FROM orders")).isZero();
	}

	/**
	 * The only connection of the application's pool is in use as well.
	 */
	@Test
	void longTransactionOfAHandlerBlocksNobody() throws Exception {
		CompletableFuture<HttpResponse<String>> slow = this.caller.getAsync("/slow");
		Handlers handlers = application.bean(Handlers.class);
		assertThat(handlers.begun.await(20, TimeUnit.SECONDS)).isTrue();
		try {
			List<Integer> statuses = IntStream.range(0, 5)
				.map((i) -> this.caller.get("/plain").statusCode())
				.boxed()
				.toList();
			assertThat(statuses).containsExactly(200, 200, 200, 200, 429);
			assertThat(application.caller().asNewcomer().get("/plain").statusCode()).isEqualTo(200);
			assertThat(slow).isNotDone();
		}
		finally {
			handlers.end.countDown();
		}
		assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		final CountDownLatch begun = new CountDownLatch(1);

		final CountDownLatch end = new CountDownLatch(1);

		private final JdbcTemplate jdbc;

		private final TransactionTemplate transactions;

		Handlers(JdbcTemplate jdbc, TransactionTemplate transactions) {
			this.jdbc = jdbc;
			this.transactions = transactions;
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/rolled-back")
		void rollBack() {
			this.transactions.executeWithoutResult((transaction) -> {
				this.jdbc.update("INSERT INTO orders VALUES (1)");
				throw new IllegalStateException("rolled back");
			});
		}

		@GetMapping("/slow")
		void slow() {
			this.transactions.executeWithoutResult((transaction) -> {
				this.jdbc.update("INSERT INTO orders SELECT 1 WHERE false");
				this.begun.countDown();
				try {
					this.end.await(30, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
		}

	}

}
