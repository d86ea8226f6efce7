package dev.throttle;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What a request has taken under the scopes that its handler declares with
 * {@link Throttle @Throttle}. A handler that learns the true cost of the request settles
 * it:
 *
 * <pre class="code">
 * &#64;PostMapping("/chat")
 * &#64;Throttle(scope = "tokens", cost = 4000)
 * Answer chat(&#64;RequestBody Question question, Reservation reservation) {
 * 	Answer answer = this.model.ask(question);
 * 	reservation.settle(answer.tokens());
 * 	return answer;
 * }
 * </pre>
 *
 * A lower cost counts as if it had been known from the beginning. Of a higher cost, the
 * difference is recorded when it is settled, whether or not there is room for it. Safe
 * for use by several threads.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface Reservation {

	/**
	 * The name of the request attribute that holds the reservation.
	 */
	String ATTRIBUTE = Reservation.class.getName();

	/**
	 * A reservation of nothing, such as that of a request that is not throttled.
	 */
	Reservation NONE = (cost) -> {
		if (cost < 0) {
			throw new IllegalArgumentException("'cost' must not be negative but is " + cost);
		}
	};

	/**
	 * Tell the true cost of the request, which becomes the cost under the scopes for
	 * which the handler declares a cost, or under all of its scopes if it declares none.
	 * Only the first call has an effect. It returns at once, and does not fail if the
	 * backend does not answer: the reserved cost then stays.
	 * @param cost how many permits the request has taken in truth, 0 or more
	 * @throws IllegalArgumentException if the cost is negative
	 */
	void settle(long cost);

	/**
	 * Return the reservation of a request, for code that has no argument for it.
	 * @param attributes returns an attribute of the request by its name, such as
	 * {@code request::getAttribute} of a servlet request or
	 * {@code exchange::getAttribute} of an exchange
	 * @return the reservation; {@link #NONE} if the request has taken nothing
	 */
	static Reservation of(Function<String, ? extends @Nullable Object> attributes) {
		return (attributes.apply(ATTRIBUTE) instanceof Reservation reservation) ? reservation : NONE;
	}

}
