package dev.throttle.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Routes of the gateway that change while it runs.
 */
class GatewayRefreshTests {

	@Test
	void refreshedRouteIsCountedUnderItsNewScopeAndAnUnknownOneIsNeverServed(@TempDir Path folder) throws IOException {
		Path file = folder.resolve("routes.properties");
		try (RefusingServer backend = RefusingServer.start(0, 500, "1")) {
			write(file, backend, "uploads");
			try (RunningApplication gateway = RunningApplication.start(GatewayTests.Application.class,
					"spring.config.import=" + file.toUri(), "spring.profiles.active=gateway,refresh",
					"management.endpoints.web.exposure.include=refresh", "throttle.rates.uploads=2/min",
					"throttle.rates.large=1/min", "throttle.scopes.large.in-code=true")) {
				Caller caller = gateway.caller();
				assertThat(caller.remaining("/uploads")).isEqualTo(1);
				write(file, backend, "large");
				caller.post("/actuator/refresh", "");
				assertThat(caller.remaining("/uploads")).isZero();
				assertThat(caller.get("/uploads").body()).contains("\"violated-policies\":[\"large\"]");
				write(file, backend, "lrge");
				caller.post("/actuator/refresh", "");
				int received = backend.received().size();
				assertThat(caller.get("/uploads").statusCode()).isEqualTo(500);
				assertThat(backend.received()).hasSize(received);
				write(file, backend, "uploads");
				caller.post("/actuator/refresh", "");
				assertThat(caller.remaining("/uploads")).isZero();
			}
		}
	}

	private static void write(Path file, RefusingServer backend, String scope) throws IOException {
		String route = WebStack.GATEWAY + ".routes[0].";
		Files.writeString(file, route + "id=uploads\n" + route + "uri=" + backend.address() + "\n" + route
				+ "predicates[0]=Path=/uploads\n" + route + "filters[0]=Throttle=" + scope + "\n");
	}

}
