package dev.throttle.sample.monitoring;

import dev.throttle.sample.Visitor;

/**
 * Requests of one client that goes too far, and of others that come once.
 */
final class Load {

	private final Visitor visitor;

	private int clients;

	private int allowed;

	private int denied;

	Load(Visitor visitor) {
		this.visitor = visitor;
	}

	/**
	 * Send three requests of the one, and one of another.
	 */
	void send() {
		visitorFrom("198.51.100.1").statuses("/downloads", 3).forEach(this::count);
		this.clients++;
		count(visitorFrom("10.0." + this.clients / 256 + "." + this.clients % 256).get("/downloads").statusCode());
	}

	private Visitor visitorFrom(String address) {
		return this.visitor.with("X-Forwarded-For", address);
	}

	private void count(int status) {
		if (status == 200) {
			this.allowed++;
		}
		else if (status == 429) {
			this.denied++;
		}
		else {
			throw new IllegalStateException("Answered with " + status);
		}
	}

	/**
	 * Return how many clients have come.
	 */
	int clients() {
		return this.clients + 1;
	}

	/**
	 * Return how many requests were allowed.
	 */
	int allowed() {
		return this.allowed;
	}

	/**
	 * Return how many requests were denied.
	 */
	int denied() {
		return this.denied;
	}

}
