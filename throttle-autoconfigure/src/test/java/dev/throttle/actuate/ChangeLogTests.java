package dev.throttle.actuate;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.autoconfigure.ThrottleEndpointAutoConfiguration;
import dev.throttle.autoconfigure.WebApplications;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.SecretIdents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChangeLog}.
 */
class ChangeLogTests {

	private static final String SECRET = "a long random text for tests";

	private final Logger logger = (Logger) LoggerFactory.getLogger(ChangeLog.LOGGER);

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.appender);
	}

	@Test
	void rateSaysWhatItIsAndWasAndWhoChangedIt() {
		changing((endpoint) -> {
			endpoint.set("user", "50/min", "1h", null, "admin");
			endpoint.set("user", "7/min", null, null, null);
			endpoint.set("user", "configured", null, null, "eve\nThe rate");
		});
		assertThat(lines()).hasSize(3);
		assertThat(lines().get(0))
			.matches("Changed the rate of scope 'user' from 2/min to 50/min until \\d{4}-.*Z \\(by 'admin'\\)");
		assertThat(lines().get(1)).isEqualTo("Changed the rate of scope 'user' from 50/min to 7/min");
		assertThat(lines().get(2))
			.isEqualTo("Changed the rate of scope 'user' from 7/min to 2/min (as configured) (by 'eve?The rate')");
	}

	@Test
	void rateOfAPlanIsNamedWithThePlan() {
		run((context) -> {
			Scope user = Scope.of("user");
			context.getBean(RateRegistry.class)
				.update((rates) -> rates.withPlan("pro", false, Map.of(user, Rate.parseAll("9/min"))));
			context.getBean(ThrottlesEndpoint.class).set("user", "50/min", null, "Pro", "admin");
		});
		assertThat(lines())
			.containsExactly("Changed the rate of scope 'user' in plan 'pro' from 9/min to 50/min (by 'admin')");
	}

	@Test
	void changeThatIsRefusedIsNotLogged() {
		changing((endpoint) -> {
			endpoint.set("usr", "50/min", null, null, "admin");
			endpoint.use("user", "user:alice", null);
		});
		assertThat(lines()).isEmpty();
	}

	@Test
	void resetNamesTheClientByItsHash() {
		changing((endpoint) -> endpoint.scopes().reset("user", "user:alice", "admin"));
		assertThat(lines()).containsExactly("Reset usage of "
				+ SecretIdents.withKey(SECRET).pseudonym(Client.user("alice")) + " in scope 'user' (by 'admin')");
	}

	private List<String> lines() {
		assertThat(this.appender.list).allSatisfy((event) -> assertThat(event.getLevel()).isEqualTo(Level.INFO));
		return this.appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	private void changing(Consumer<ThrottlesEndpoint> changes) {
		run((context) -> changes.accept(context.getBean(ThrottlesEndpoint.class)));
	}

	private void run(Consumer<ApplicationContext> test) {
		WebApplications.small()
			.withConfiguration(AutoConfigurations.of(ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues("throttle.rates.user=2/min", "throttle.client.hash-secret=" + SECRET,
					"management.endpoints.web.exposure.include=*", "management.endpoint.throttles.access=UNRESTRICTED")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context);
			});
	}

}
