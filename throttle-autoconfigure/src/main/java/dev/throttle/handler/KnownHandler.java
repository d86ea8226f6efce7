package dev.throttle.handler;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import org.jspecify.annotations.Nullable;

/**
 * A handler and what is known about its mappings.
 *
 * @param handler the handler
 * @param isReached whether the requests of some mapping are throttled
 * @param exempted why the requests of another mapping are not; null if there is none
 * @param sources the methods and classes that have its annotations
 */
record KnownHandler(DescribedHandler handler, boolean isReached, @Nullable Exemption exempted, Set<Object> sources) {

	KnownHandler mapped(String mapping, @Nullable Exemption exemption, Set<Object> sources) {
		List<String> mappings = Stream.concat(this.handler.mappings().stream(), Stream.of(mapping))
			.distinct()
			.sorted()
			.toList();
		return new KnownHandler(
				new DescribedHandler(this.handler.name(), this.handler.reason(), this.handler.throttles(), mappings),
				this.isReached || exemption == null, (this.exempted != null) ? this.exempted : exemption, sources);
	}

	@Nullable Exemption exemption() {
		return this.isReached ? null : this.exempted;
	}

	DescribedHandler inForce() {
		Exemption exemption = exemption();
		return (exemption == null) ? this.handler : new DescribedHandler(this.handler.name(), exemption.reason(),
				HandlerThrottles.UNTHROTTLED, this.handler.mappings());
	}

}
