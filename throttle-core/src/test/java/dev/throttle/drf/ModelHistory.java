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
	 * Return when the cache drops the history.
	 */
	@Nullable Long expiresAt() {
		return this.expiresAt;
	}

	void expiresAt(@Nullable Long expiresAt) {
		this.expiresAt = expiresAt;
	}

}
