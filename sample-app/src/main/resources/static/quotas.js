/**
 * What the page knows of its quotas: what the answers said of them, counted on by the clock. All endpoints that name a
 * policy share it. Times are those of performance.now(), in milliseconds.
 */
export class Quotas {

	#quotas = new Map();

	/**
	 * Takes in an answer's word. Answers overtake each other: of two that were on their way together the one with less
	 * left came later from the server.
	 *
	 * @param {{ name: string, limit: number, remaining: number, windowMillis: number, resetMillis: number }} quota
	 * @param {number} sentAt when the request was sent
	 * @param {number} receivedAt when the answer came
	 */
	update(quota, sentAt, receivedAt) {
		const known = this.#quotas.get(quota.name);
		if (known && sentAt <= known.receivedAt && known.remaining <= quota.remaining) {
			return;
		}
		const resetAt = (quota.resetMillis === null) ? null : receivedAt + quota.resetMillis;
		this.#quotas.set(quota.name, { ...quota, resetAt, receivedAt });
	}

	/**
	 * Returns the quotas with those names, the scarcest first. Where a reset has passed, one more is left.
	 */
	find(names, now) {
		return [...names].map((name) => this.#quotas.get(name))
			.filter(Boolean)
			.map((quota) => (quota.resetAt !== null && quota.resetAt <= now)
				? { ...quota, remaining: Math.min(quota.remaining + 1, quota.limit), resetAt: null }
				: quota)
			.sort((one, other) => one.remaining / one.limit - other.remaining / other.limit
				|| (other.resetAt ?? 0) - (one.resetAt ?? 0));
	}

	clear() {
		this.#quotas.clear();
	}

}
