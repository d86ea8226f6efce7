package dev.throttle.drf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The rules of this project, where they are not those of Django REST framework.
 */
final class OwnRules {

	private OwnRules() {
	}

	/**
	 * Nothing forwarded is believed until proxies are configured, and what is no address
	 * is no identity.
	 */
	static String identity(String remoteAddr, @Nullable String xForwardedFor, @Nullable Integer numProxies) {
		String forwarded = null;
		if (numProxies != null && numProxies > 0 && xForwardedFor != null) {
			forwarded = ModelAddress.canonical(DrfRules.forwarded(xForwardedFor, numProxies));
		}
		if (forwarded != null) {
			return forwarded;
		}
		String remote = ModelAddress.canonical(remoteAddr);
		return (remote != null) ? remote : remoteAddr;
	}

	/**
	 * Where there are fewer entries than proxies, one was passed by, and nothing
	 * forwarded is believed either.
	 */
	static String identityBehindAllProxies(String remoteAddr, @Nullable String xForwardedFor,
			@Nullable Integer numProxies) {
		boolean passedBy = numProxies != null && xForwardedFor != null
				&& xForwardedFor.split(",", -1).length < numProxies;
		return identity(remoteAddr, passedBy ? null : xForwardedFor, numProxies);
	}

	/**
	 * A user and an address are never counted together, spellings of a scope are.
	 */
	static List<String> key(String scope, String kind, String ident) {
		return List.of(scope.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT), kind, ident);
	}

	/**
	 * No request is recorded before one that came earlier, although the clock went back.
	 */
	static long recordedAt(long now, List<Long> live) {
		return live.isEmpty() ? now : Math.max(now, live.get(live.size() - 1));
	}

	/**
	 * The wait until so many requests are void that there is room; as in Django REST
	 * framework where the limit is 0.
	 */
	static Long waitNanos(List<Long> live, ModelRate rate, int permits, long now) {
		return (rate.limit() == 0) ? rate.periodNanos() : trueWaitNanos(live, rate, permits, now);
	}

	/**
	 * The wait until so many requests are void that there is room, without an end where
	 * there is never room.
	 */
	static Long trueWaitNanos(List<Long> live, ModelRate rate, int permits, long now) {
		if (permits > rate.limit()) {
			return Outcome.NEVER;
		}
		int mustBeVoid = Math.toIntExact(live.size() + permits - rate.limit());
		return live.get(mustBeVoid - 1) + rate.periodNanos() - now;
	}

	/**
	 * Requests are kept for the period by which their history is decided. They are kept
	 * for a longer one until that has not been used for its own length.
	 */
	static final class Retention implements Rules.Retention {

		@Override
		public List<Long> live(ModelHistory history, ModelRate rate, long now) {
			long before = (history.rate() != null) ? history.rate().periodNanos() : 0;
			long period = rate.periodNanos();
			if (history.keptNanos() > before && now >= history.keptUntil()) {
				history.keep(before, 0);
			}
			DrfRules.dropVoid(history.instants(), history.keptNanos(), now);
			if (history.instants().isEmpty() || period >= history.keptNanos()) {
				history.keep(period, 0);
			}
			else if (period < before) {
				history.keep(history.keptNanos(), Math.max(history.keptUntil(), now + before));
			}
			history.rate(rate);
			List<Long> live = new ArrayList<>(history.instants());
			DrfRules.dropVoid(live, period, now);
			return live;
		}

		@Override
		public void store(ModelHistory history, List<Long> live, ModelRate rate, long now) {
			history.instants().add(live.get(live.size() - 1));
		}

	}

}
