package dev.throttle.autoconfigure;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Configuration properties for throttling.
 *
 * @since 1.0.0
 */
@ConfigurationProperties(value = "throttle", ignoreUnknownFields = false)
public class ThrottleProperties {

	/**
	 * Whether to throttle requests.
	 */
	private boolean enabled = true;

	/**
	 * Rates by scope, such as "100/hour", "100/15min" or "60/min, 1000/day", or
	 * "10MB/day" where bytes are counted. "unlimited" removes a rate that another source
	 * sets. Short for "throttle.scopes.*.rate".
	 */
	private final Map<String, String> rates = new LinkedHashMap<>();

	/**
	 * Settings by scope: "rate", "shadow", "shadow-rate", "on-failure", "headers",
	 * "count-status", "cost", "reserve", "zone", "in-code".
	 */
	private final Map<String, ScopeProperties> scopes = new LinkedHashMap<>();

	/**
	 * Plans by name: "rates" by scope, which replace the usual ones for its clients,
	 * "authorities", "clients", "shadow".
	 */
	private final Map<String, PlanProperties> plans = new LinkedHashMap<>();

	/**
	 * Limits of calls that go out, by name: "rate", "host", "max-wait", "on-failure".
	 */
	private final Map<String, OutgoingProperties> outgoing = new LinkedHashMap<>();

	/**
	 * Time zone of rates such as "10000/calendar-month".
	 */
	private ZoneId calendarZone = ZoneOffset.UTC;

	/**
	 * By how much Retry-After is lengthened at most, at random, as a share such as "10%",
	 * so that not all clients that wait for one boundary of the calendar come back at
	 * once.
	 */
	private String retryAfterJitter = "0%";

	/**
	 * Names of the throttle beans that apply to handlers that declare nothing else. By
	 * default, all that are not in the filter.
	 */
	private @Nullable List<String> defaults;

	/**
	 * Whether a denied request still counts against the other throttles.
	 */
	private Accounting accounting = Accounting.ALL_OR_NOTHING;

	/**
	 * Where to count requests. By default, in memory.
	 */
	private @Nullable Backend backend;

	/**
	 * How to answer requests while a store outside this process, such as Redis or
	 * PostgreSQL, fails.
	 */
	private OnFailure onFailure = OnFailure.LOCAL;

	/**
	 * Headers that tell clients how much of a limit is left.
	 */
	private Headers headers = Headers.X_RATELIMIT;

	/**
	 * Which exception handlers of the application may answer a denied request.
	 */
	private ExceptionHandlers exceptionHandlers = ExceptionHandlers.SPECIFIC;

	/**
	 * Order of the throttles among the interceptors that a WebMvcConfigurer of the
	 * application adds. By default, before all of them.
	 */
	private @Nullable Integer interceptorOrder;

	/**
	 * Path patterns to throttle in addition to handlers, such as those of static
	 * resources.
	 */
	private List<String> includePaths = new ArrayList<>();

	/**
	 * Path patterns whose handlers are never throttled.
	 */
	private List<String> excludePaths = new ArrayList<>();

	@NestedConfigurationProperty
	private final FilterProperties filter = new FilterProperties();

	@NestedConfigurationProperty
	private final ClientProperties client = new ClientProperties();

	@NestedConfigurationProperty
	private final UsageProperties usage = new UsageProperties();

	@NestedConfigurationProperty
	private final OpenApiProperties openapi = new OpenApiProperties();

	@NestedConfigurationProperty
	private final HttpClientProperties httpClient = new HttpClientProperties();

	private final Memory memory = new Memory();

	@NestedConfigurationProperty
	private final RedisProperties redis = new RedisProperties();

	@NestedConfigurationProperty
	private final JdbcProperties jdbc = new JdbcProperties();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Map<String, String> getRates() {
		return this.rates;
	}

	public Map<String, ScopeProperties> getScopes() {
		return this.scopes;
	}

	public Map<String, PlanProperties> getPlans() {
		return this.plans;
	}

	public Map<String, OutgoingProperties> getOutgoing() {
		return this.outgoing;
	}

	public ZoneId getCalendarZone() {
		return this.calendarZone;
	}

	public void setCalendarZone(ZoneId calendarZone) {
		this.calendarZone = calendarZone;
	}

	public String getRetryAfterJitter() {
		return this.retryAfterJitter;
	}

	public void setRetryAfterJitter(String retryAfterJitter) {
		this.retryAfterJitter = retryAfterJitter;
	}

	public @Nullable List<String> getDefaults() {
		return this.defaults;
	}

	public void setDefaults(@Nullable List<String> defaults) {
		this.defaults = defaults;
	}

	public Accounting getAccounting() {
		return this.accounting;
	}

	public void setAccounting(Accounting accounting) {
		this.accounting = accounting;
	}

	public @Nullable Backend getBackend() {
		return this.backend;
	}

	public void setBackend(@Nullable Backend backend) {
		this.backend = backend;
	}

	public OnFailure getOnFailure() {
		return this.onFailure;
	}

	public void setOnFailure(OnFailure onFailure) {
		this.onFailure = onFailure;
	}

	public Headers getHeaders() {
		return this.headers;
	}

	public void setHeaders(Headers headers) {
		this.headers = headers;
	}

	public ExceptionHandlers getExceptionHandlers() {
		return this.exceptionHandlers;
	}

	public void setExceptionHandlers(ExceptionHandlers exceptionHandlers) {
		this.exceptionHandlers = exceptionHandlers;
	}

	public @Nullable Integer getInterceptorOrder() {
		return this.interceptorOrder;
	}

	public void setInterceptorOrder(@Nullable Integer interceptorOrder) {
		this.interceptorOrder = interceptorOrder;
	}

	public List<String> getIncludePaths() {
		return this.includePaths;
	}

	public void setIncludePaths(List<String> includePaths) {
		this.includePaths = includePaths;
	}

	public List<String> getExcludePaths() {
		return this.excludePaths;
	}

	public void setExcludePaths(List<String> excludePaths) {
		this.excludePaths = excludePaths;
	}

	public FilterProperties getFilter() {
		return this.filter;
	}

	public ClientProperties getClient() {
		return this.client;
	}

	public UsageProperties getUsage() {
		return this.usage;
	}

	public OpenApiProperties getOpenapi() {
		return this.openapi;
	}

	public HttpClientProperties getHttpClient() {
		return this.httpClient;
	}

	public Memory getMemory() {
		return this.memory;
	}

	public RedisProperties getRedis() {
		return this.redis;
	}

	public JdbcProperties getJdbc() {
		return this.jdbc;
	}

	/**
	 * Where requests are counted.
	 */
	public enum Backend {

		/**
		 * In the memory of this process.
		 */
		MEMORY,

		/**
		 * In Redis, shared by all processes that use it.
		 */
		REDIS,

		/**
		 * In PostgreSQL, shared by all processes that use it.
		 */
		JDBC

	}

	/**
	 * Headers that tell clients how much of a limit is left.
	 */
	public enum Headers {

		/**
		 * No headers but Retry-After.
		 */
		NONE,

		/**
		 * X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset.
		 */
		X_RATELIMIT,

		/**
		 * RateLimit-Policy and RateLimit, as in draft-ietf-httpapi-ratelimit-headers-11.
		 */
		DRAFT_11,

		/**
		 * Both kinds.
		 */
		BOTH

	}

	/**
	 * Which exception handlers of the application may answer a denied request.
	 */
	public enum ExceptionHandlers {

		/**
		 * Only handlers that name ThrottledException, or BackendUnavailableException for
		 * the 503 during an outage.
		 */
		SPECIFIC,

		/**
		 * Also handlers of general exceptions.
		 */
		ANY

	}

	/**
	 * The backend that counts in this process.
	 */
	public static class Memory {

		/**
		 * Maximum number of clients to keep.
		 */
		private int maxClients = MemoryCacheBackend.DEFAULT_MAX_CLIENTS;

		/**
		 * Maximum number of entries to keep in the histories of all clients together.
		 */
		private long maxEntries = MemoryCacheBackend.DEFAULT_MAX_ENTRIES;

		public int getMaxClients() {
			return this.maxClients;
		}

		public void setMaxClients(int maxClients) {
			this.maxClients = maxClients;
		}

		public long getMaxEntries() {
			return this.maxEntries;
		}

		public void setMaxEntries(long maxEntries) {
			this.maxEntries = maxEntries;
		}

	}

}
