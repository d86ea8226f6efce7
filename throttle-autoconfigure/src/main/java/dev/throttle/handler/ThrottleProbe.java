package dev.throttle.handler;

import java.security.Principal;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles.Step;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a throttle answers at startup for two test requests that differ only in their
 * headers. A throttle that counts two clients trusts an unverified header. A throttle
 * that looks up a header, such as an API key, finds it unknown and counts none.
 *
 * @param scopes the scopes under which it counts, without those of handlers
 * @param isCountingSecrets whether its clients are secrets
 * @param isCountingOneClient whether both requests are counted as one client
 * @param headers the unverified headers that identify its clients; empty for none
 * @param isAskingForUserOrHandler whether it asks for the user or the handler's scopes,
 * which are not known before authentication
 */
record ThrottleProbe(Collection<Scope> scopes, boolean isCountingSecrets, boolean isCountingOneClient,
		Collection<String> headers, boolean isAskingForUserOrHandler) {

	private static final Logger logger = LoggerFactory.getLogger(ThrottleProbe.class);

	private static final Scope OF_HANDLER = Scope.of("of-handler");

	static ThrottleProbe of(Step step) {
		TestRequest one = new TestRequest("made-up-1");
		Verdict.Count first = ask(step, one);
		Verdict.Count second = (first != null) ? ask(step, new TestRequest("made-up-2")) : null;
		if (first == null || second == null) {
			return new ThrottleProbe(List.of(), false, false, List.of(), one.userOrHandlerAsked);
		}
		Set<Scope> scopes = new LinkedHashSet<>(first.scopes());
		scopes.remove(OF_HANDLER);
		Client client = first.client();
		if (client == null || second.client() == null) {
			return new ThrottleProbe(scopes, false, false, List.of(), one.userOrHandlerAsked);
		}
		boolean isOne = client.equals(second.client());
		return new ThrottleProbe(scopes, client.isSecret(), isOne, isOne ? List.of() : one.read,
				one.userOrHandlerAsked);
	}

	private static Verdict.@Nullable Count ask(Step step, ThrottleRequest request) {
		try {
			Verdict verdict = step.throttle().check(request);
			if (verdict instanceof Verdict.Allow allow && allow.release() != null) {
				allow.release().run();
			}
			return (verdict instanceof Verdict.Count count) ? count : null;
		}
		catch (Throwable ex) {
			logger.debug("The throttle '{}' failed on the test request that it was asked about at startup", step.name(),
					ex);
			return null;
		}
	}

	/**
	 * A request with the same value in every header, and nothing else.
	 */
	private static final class TestRequest implements ThrottleRequest {

		private final Set<String> read = new LinkedHashSet<>();

		private final String header;

		private boolean userOrHandlerAsked;

		TestRequest(String header) {
			this.header = header;
		}

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public String path() {
			return "/";
		}

		@Override
		public String header(String name) {
			this.read.add(name);
			return this.header;
		}

		@Override
		public String address() {
			return "192.0.2.1";
		}

		@Override
		public @Nullable Principal principal() {
			this.userOrHandlerAsked = true;
			return null;
		}

		@Override
		public OptionalLong contentLength() {
			return OptionalLong.empty();
		}

		@Override
		public List<Scope> scopes() {
			this.userOrHandlerAsked = true;
			return List.of(OF_HANDLER);
		}

		@Override
		public <T> @Nullable T nativeRequest(Class<T> type) {
			return null;
		}

	}

}
