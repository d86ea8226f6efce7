package dev.throttle.drf;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the model keeps under one key.
 */
final class ModelHistory {

	/** The instants of the admitted requests in the order in which they came. */
	private List<Long> instants = new ArrayList<>();

	private @Nullable ModelRate rate;

	private long keptNanos;

	private long keptUntil;

	private @Nullable Long expiresAt;

	List<Long> instants() {
		return this.instants;
	}

	void instants(List<Long> instants) {
		this.instants = instants;
	}

	/**
	 * Return the rate by which the history was last decided.
	 */
	@Nullable ModelRate rate() {
		return this.rate;
	}

	void rate(ModelRate rate) {
		this.rate = rate;
	}

	/**
	 * Return for how long requests are kept.
	 */
	long keptNanos() {
		return this.keptNanos;
	}

	/**
	 * Return when they are no longer kept for longer than the rate's period.
	 */
	long keptUntil() {
		return this.keptUntil;
	}

	void keep(long keptNanos, long keptUntil) {
		this.keptNanos = keptNanos;
		this.keptUntil = keptUntil;
	}

	/**
	 * Return when the cache drops the history.
	 */
	@Nullable Long expiresAt() {
		return this.expiresAt;
	}

	void expiresAt(@Nullable Long expiresAt) {
		this.expiresAt = expiresAt;
	}

}
