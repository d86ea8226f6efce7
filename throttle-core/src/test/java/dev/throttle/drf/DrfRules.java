package dev.throttle.drf;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The rules of Django REST framework.
 */
final class DrfRules {

	private DrfRules() {
	}

	static String identity(String remoteAddr, @Nullable String xForwardedFor, @Nullable Integer numProxies) {
		if (numProxies == null) {
			boolean absent = xForwardedFor == null || xForwardedFor.isEmpty();
			return absent ? remoteAddr : xForwardedFor.replaceAll("(?U)\\s+", "");
		}
		return (numProxies == 0 || xForwardedFor == null) ? remoteAddr : forwarded(xForwardedFor, numProxies);
	}

	/**
	 * Return the address that the outermost of some proxies saw, or the leftmost where
	 * there are fewer.
	 */
	static String forwarded(String xForwardedFor, int numProxies) {
		String[] addresses = xForwardedFor.split(",", -1);
		return addresses[addresses.length - Math.min(numProxies, addresses.length)].strip();
	}

	static String key(String scope, String kind, String ident) {
		return "throttle_" + scope + "_" + ident;
	}

	static long recordedAt(long now, List<Long> live) {
		return now;
	}

	/**
	 * The wait until the oldest request is void, which is known only where that makes
	 * room.
	 */
	static @Nullable Long waitNanos(List<Long> live, ModelRate rate, int permits, long now) {
		if (rate.limit() - live.size() + 1 <= 0) {
			return null;
		}
		return live.isEmpty() ? rate.periodNanos() : live.get(0) + rate.periodNanos() - now;
	}

	/**
	 * Drop the requests that came first, up to one that is not void.
	 */
	static void dropVoid(List<Long> instants, long periodNanos, long now) {
		int count = 0;
		while (count < instants.size() && now - instants.get(count) >= periodNanos) {
			count++;
		}
		instants.subList(0, count).clear();
	}

	/**
	 * What is void by the present rate is left out, but forgotten only when an admitted
	 * request is stored. The cache drops the whole history a period after that.
	 */
	record Retention(boolean cacheTtl) implements Rules.Retention {

		@Override
		public List<Long> live(ModelHistory history, ModelRate rate, long now) {
			Long expiresAt = history.expiresAt();
			if (expiresAt != null && now >= expiresAt) {
				history.instants(List.of());
				history.expiresAt(null);
			}
			List<Long> live = new ArrayList<>(history.instants());
			dropVoid(live, rate.periodNanos(), now);
			return live;
		}

		@Override
		public void store(ModelHistory history, List<Long> live, ModelRate rate, long now) {
			history.instants(live);
			history.expiresAt(this.cacheTtl ? now + rate.periodNanos() : null);
		}

	}

}
