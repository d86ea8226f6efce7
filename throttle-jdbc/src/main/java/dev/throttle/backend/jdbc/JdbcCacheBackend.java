package dev.throttle.backend.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.backend.remote.UndecidedException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps histories in PostgreSQL.
 *
 * @since 1.0.0
 */
public final class JdbcCacheBackend extends RemoteCacheBackend {

	/**
	 * The default prefix of keys.
	 */
	public static final String DEFAULT_PREFIX = "throttle";

	/**
	 * The default timeout of a decision.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(250);

	private JdbcCacheBackend(Builder builder) {
		super(builder);
	}

	/**
	 * Return a builder.
	 * @param dataSource gives connections, for this backend alone; it is not closed with
	 * the backend
	 * @param local the backend that counts while the database is unavailable, and is
	 * closed with the new backend
	 * @return the builder
	 */
	public static Builder builder(DataSource dataSource, CacheBackend local) {
		return new Builder(dataSource, local);
	}

	@Override
	protected List<Outcome> ask(List<QuotaGroup> groups, boolean record, long deadlineNanos) {
		throw new UndecidedException("not yet");
	}

	@Override
	protected CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements, long deadlineNanos,
			Executor workers) {
		throw new UndecidedException("not yet");
	}

	@Override
	protected void forget(Client client, Scope scope, long deadlineNanos) {
		throw new UndecidedException("not yet");
	}

	@Override
	protected CompletionStage<?> probe(String server, long deadlineNanos, Executor blocking) {
		throw new UndecidedException("not yet");
	}

	@Override
	public RateOverrides rateOverrides() {
		throw new UnsupportedOperationException();
	}

	@Override
	protected void closeStore() {
		// the data source is the caller's
	}

	/**
	 * Builds a {@link JdbcCacheBackend}.
	 */
	public static final class Builder extends RemoteBackendBuilder<Builder> {

		final DataSource dataSource;

		String tablePrefix = JdbcSchema.DEFAULT_TABLE_PREFIX;

		String prefix = DEFAULT_PREFIX;

		@Nullable Function<Client, String> idents;

		private Builder(DataSource dataSource, CacheBackend local) {
			super(local, "PostgreSQL");
			this.dataSource = Objects.requireNonNull(dataSource, "'dataSource' must not be null");
			timeout(JdbcCacheBackend.DEFAULT_TIMEOUT);
		}

		/**
		 * Set the prefix of tables and functions.
		 * @param tablePrefix the prefix, as in {@link JdbcSchema}
		 * @return this builder
		 */
		public Builder tablePrefix(String tablePrefix) {
			this.tablePrefix = Objects.requireNonNull(tablePrefix, "'tablePrefix' must not be null");
			return this;
		}

		/**
		 * Set the prefix of keys, which keeps applications apart that share the tables.
		 * @param prefix the prefix
		 * @return this builder
		 */
		public Builder prefix(String prefix) {
			this.prefix = Objects.requireNonNull(prefix, "'prefix' must not be null");
			return this;
		}

		/**
		 * Set a function that replaces idents in keys, such as by a hash.
		 * @param idents returns the same text for equal clients, and different texts for
		 * different clients of one kind; by default, the ident itself
		 * @return this builder
		 */
		public Builder idents(Function<Client, String> idents) {
			this.idents = Objects.requireNonNull(idents, "'idents' must not be null");
			return this;
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Return the backend, which does not connect before it is used.
		 * @return the backend
		 */
		public JdbcCacheBackend build() {
			JdbcCacheBackend backend = new JdbcCacheBackend(this);
			backend.start();
			return backend;
		}

	}

}
