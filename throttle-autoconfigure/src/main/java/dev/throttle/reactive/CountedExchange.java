package dev.throttle.reactive;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.engine.Decision;
import dev.throttle.web.ByteCount;
import org.jspecify.annotations.Nullable;

import org.springframework.web.server.ServerWebExchange;

/**
 * What is counted of an exchange: once in the filter and once at the handler. Its
 * decisions are released when the exchange is over, or at once if the client has gone
 * before a decision was made.
 */
final class CountedExchange {

	private static final String ATTRIBUTE = CountedExchange.class.getName();

	private final List<Class<?>> counters = new ArrayList<>(2);

	private final List<Decision> decisions = new ArrayList<>(2);

	private final @Nullable ByteCount passed;

	private boolean settled;

	private boolean over;

	private CountedExchange(@Nullable ByteCount passed) {
		this.passed = passed;
	}

	static CountedExchange of(ServerWebExchange exchange) {
		return (CountedExchange) exchange.getAttributes()
			.computeIfAbsent(ATTRIBUTE, (attribute) -> new CountedExchange(ByteCountingDecorator.count(exchange)));
	}

	/**
	 * Begin to count the exchange.
	 * @param counter who counts it
	 * @return whether to count it; false if this counter has begun before
	 */
	synchronized boolean begin(Class<?> counter) {
		return !this.counters.contains(counter) && this.counters.add(counter);
	}

	/**
	 * Add a decision about the exchange.
	 * @return whether it comes too late to be settled with the others
	 */
	boolean decided(Decision decision) {
		boolean late;
		synchronized (this) {
			late = this.settled;
			if (!this.over) {
				this.decisions.add(decision);
				return late;
			}
		}
		decision.release();
		return late;
	}

	/**
	 * Return the first decision about the exchange.
	 * @return the decision; null if there is none yet
	 */
	synchronized @Nullable Decision first() {
		return this.decisions.isEmpty() ? null : this.decisions.get(0);
	}

	/**
	 * Return the decisions to settle.
	 */
	synchronized List<Decision> beginToSettle() {
		this.settled = true;
		return List.copyOf(this.decisions);
	}

	/**
	 * Count no more bytes: those of an error page come after the end.
	 */
	void endBytes() {
		if (this.passed != null) {
			this.passed.end();
		}
	}

	/**
	 * Return the bytes that have passed; null if they are not counted.
	 */
	@Nullable ByteCount passed() {
		return this.passed;
	}

	/**
	 * Release all decisions, also those that are yet to be made.
	 */
	void end() {
		synchronized (this) {
			this.over = true;
		}
		this.decisions.forEach(Decision::release);
	}

}
