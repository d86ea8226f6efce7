package dev.throttle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A request whose every property a test can set.
 */
public final class StubRequest implements ThrottleRequest {

	private final Map<String, String> headers = new LinkedHashMap<>();

	private String method = "GET";

	private String path = "/";

	private String address = "192.0.2.1";

	private @Nullable String user;

	private List<Policy> handlerPolicies = List.of();

	private Rates rates = Rates.none();

	public StubRequest withMethod(String method) {
		this.method = method;
		return this;
	}

	public StubRequest withPath(String path) {
		this.path = path;
		return this;
	}

	public StubRequest withHeader(String name, String value) {
		this.headers.put(name.toLowerCase(Locale.ROOT), value);
		return this;
	}

	public StubRequest withAddress(String address) {
		this.address = address;
		return this;
	}

	public StubRequest withUser(@Nullable String user) {
		this.user = user;
		return this;
	}

	public StubRequest withHandlerPolicies(Policy... policies) {
		this.handlerPolicies = List.of(policies);
		return this;
	}

	public StubRequest withRate(String scope, String rates) {
		this.rates = this.rates.with(scope, Rate.parseAll(rates));
		return this;
	}

	@Override
	public String method() {
		return this.method;
	}

	@Override
	public String path() {
		return this.path;
	}

	@Override
	public @Nullable String header(String name) {
		return this.headers.get(name.toLowerCase(Locale.ROOT));
	}

	@Override
	public String address() {
		return this.address;
	}

	@Override
	public @Nullable String user() {
		return this.user;
	}

	@Override
	public List<Policy> handlerPolicies() {
		return this.handlerPolicies;
	}

	@Override
	public Rates rates() {
		return this.rates;
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return null;
	}

}
