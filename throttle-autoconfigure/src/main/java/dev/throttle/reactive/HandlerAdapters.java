package dev.throttle.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * The handler adapters of an application other than Throttle's own, in the order in which
 * the dispatcher asks them.
 */
final class HandlerAdapters {

	private final Map<ApplicationContext, List<HandlerAdapter>> adapters = new ConcurrentHashMap<>(1);

	private final ApplicationContext context;

	HandlerAdapters(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Call a handler as if Throttle were not there.
	 */
	Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		ApplicationContext context = exchange.getApplicationContext();
		for (HandlerAdapter adapter : this.adapters.computeIfAbsent((context != null) ? context : this.context,
				HandlerAdapters::find)) {
			if (adapter.supports(handler)) {
				return adapter.handle(exchange, handler);
			}
		}
		return Mono.error(new IllegalStateException("No HandlerAdapter: " + handler));
	}

	private static List<HandlerAdapter> find(ApplicationContext context) {
		List<HandlerAdapter> found = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerAdapter.class, true, false).values());
		found.removeIf(ThrottleHandlerAdapter.class::isInstance);
		AnnotationAwareOrderComparator.sort(found);
		return List.copyOf(found);
	}

}
