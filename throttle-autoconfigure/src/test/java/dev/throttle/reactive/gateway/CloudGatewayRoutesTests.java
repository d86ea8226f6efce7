package dev.throttle.reactive.gateway;

import java.time.Duration;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.handler.RouteDescriptions;
import dev.throttle.reactive.GatewayRoutes.Found;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CloudGatewayRoutesTests {

	private static final RouteLocator AT_ONCE = () -> Flux.just(route("first"), route("second"));

	private static final RouteLocator NEVER = Flux::never;

	@Test
	void routesThatNeedNoWaitAreFoundHoweverLongThatTakes() {
		Found found = find(Duration.ZERO, AT_ONCE, () -> {
			Mono.delay(Duration.ofMillis(50)).block();
			return Flux.just(route("third"));
		});
		assertThat(found.routes()).extracting(RouteDescriptions.Route::name)
			.containsExactly("route 'first' of the gateway", "route 'second' of the gateway",
					"route 'third' of the gateway");
		assertThat(found.areAll()).isTrue();
	}

	@Test
	void routesThatComeSoonAreFound() {
		Found found = find(Duration.ofMinutes(1),
				() -> Mono.delay(Duration.ofMillis(1)).map((soon) -> route("soon")).flux(), AT_ONCE);
		assertThat(found.routes()).hasSize(3);
		assertThat(found.areAll()).isTrue();
	}

	@Test
	void routesThatComeLateAreMissing() {
		Found found = find(Duration.ZERO, NEVER, AT_ONCE);
		assertThat(found.routes()).hasSize(2);
		assertThat(found.areAll()).isFalse();
	}

	@Test
	void routesThatCannotBeReadAreMissing() {
		Found found = find(Duration.ofMinutes(1), () -> Flux.error(new IllegalStateException("no registry")), AT_ONCE);
		assertThat(found.routes()).hasSize(2);
		assertThat(found.areAll()).isFalse();
	}

	@Test
	void mistakeInALimitIsThrown() {
		InvalidThrottleConfigurationException mistake = new InvalidThrottleConfigurationException(
				Mistake.SCOPE_WITHOUT_RATE, "No rate.", "Set it.");
		assertThatThrownBy(() -> find(Duration.ZERO, NEVER, () -> Flux.error(mistake))).isSameAs(mistake);
	}

	private static Found find(Duration longestWait, RouteLocator... locators) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		for (int i = 0; i < locators.length; i++) {
			beans.addBean("routes" + i, locators[i]);
		}
		return new CloudGatewayRoutes(beans.getBeanProvider(RouteLocator.class), longestWait).find();
	}

	private static Route route(String id) {
		return Route.async().id(id).uri("http://localhost:1").predicate((exchange) -> true).build();
	}

}
