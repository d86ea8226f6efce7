package dev.throttle.method;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.ThrottledException;
import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.test.MockThrottleRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Throttle @Throttle} on methods of beans.
 */
class ThrottledMethodsTests {

	private static final String RATE = "throttle.rates.sms=3/hour";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(Sms.class)
		.withPropertyValues(RATE);

	@Test
	void callsAreLimitedForEachKey() {
		run((sms, context) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(sms.send("1")).isEqualTo("sent to 1");
			}
			assertDenied(() -> sms.send("1"));
			assertThat(sms.send("2")).isEqualTo("sent to 2");
			assertThat(Sms.SENT).hasValue(4);
		});
	}

	@Test
	void codeAndMethodsShareTheCount() {
		run((sms, context) -> {
			context.getBean(RateLimiters.class).scope("sms").acquire(Client.key("1"), 2);
			sms.send("1");
			assertDenied(() -> sms.send("1"));
			assertDenied(() -> context.getBean(RateLimiters.class).scope("sms").acquire(Client.key("1")));
		});
	}

	@Test
	void costIsTakenFromTheArguments() {
		run((sms, context) -> {
			sms.sendLong("1", 2);
			assertDenied(() -> sms.sendLong("1", 2));
			sms.sendLong("1", 0);
			sms.sendLong("1", 1);
			assertDenied(() -> sms.send("1"));
			assertThatIllegalArgumentException().isThrownBy(() -> sms.sendLong("2", -1))
				.withMessage("'cost' must be positive but is -1");
		});
	}

	@Test
	void callWithoutAKeyIsNotCounted() {
		run((sms, context) -> {
			for (int i = 0; i < 5; i++) {
				sms.send(null);
			}
		});
	}

	@Test
	void expressionMayReturnAClient() {
		run((sms, context) -> {
			for (int i = 0; i < 3; i++) {
				sms.sendForTenant("acme");
			}
			assertDenied(() -> sms.sendForTenant("acme"));
			assertDenied(() -> context.getBean(RateLimiters.class).scope("sms").acquire(Client.of("tenant", "acme")));
		});
	}

	@Test
	void keyMustHaveATextOfItsOwn() {
		run((sms, context) -> {
			assertThatIllegalStateException().isThrownBy(() -> sms.sendTo(new String[] { "1" }))
				.withMessage(
						"The key '#value' of a call is of the type java.lang.String[], whose toString() does not tell what it is");
			assertThatIllegalStateException().isThrownBy(() -> sms.sendTo(new Object()));
			for (int i = 0; i < 3; i++) {
				sms.sendTo(List.of("1", "2"));
			}
			assertDenied(() -> sms.sendTo(List.of("1", "2")));
		});
	}

	@Test
	void callIsCountedOnceBehindTwoProxies() {
		this.runner
			.withBean("secondCreator", DefaultAdvisorAutoProxyCreator.class, DefaultAdvisorAutoProxyCreator::new,
					(definition) -> definition.getPropertyValues().add("proxyTargetClass", true))
			.run((context) -> {
				Sms sms = context.getBean(Sms.class);
				assertThat(AopProxyUtils.getSingletonTarget(sms)).isInstanceOf(Advised.class);
				for (int i = 0; i < 3; i++) {
					sms.send("1");
				}
				assertDenied(() -> sms.send("1"));
			});
	}

	@Test
	void callsWithoutKeyAndRequestAreThoseOfOneClient() {
		run((sms, context) -> {
			for (int i = 0; i < 3; i++) {
				sms.sendToAll();
			}
			assertDenied(sms::sendToAll);
			assertDenied(() -> context.getBean(RateLimiters.class).scope("sms").acquire(Client.ALL));
		});
	}

	@Test
	void severalLimitsAreTakenAllOrNone() {
		run((sms, context) -> {
			sms.sendByTwo("1", "acme");
			sms.sendByTwo("2", "acme");
			assertDenied(() -> sms.sendByTwo("2", "acme"));
			assertThat(context.getBean(RateLimiters.class).scope("sms").tryAcquire(Client.key("2")).remaining())
				.isEqualTo(1);
		});
	}

	@Test
	void futureFailsIfTheCallIsDenied() {
		run((sms, context) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(sms.sendLater("1")).isCompletedWithValue("sent to 1");
			}
			assertThat(sms.sendLater("1")).failsWithin(1, TimeUnit.SECONDS)
				.withThrowableThat()
				.withCauseInstanceOf(ThrottledException.class);
			assertThat(sms.sendInStages("1").toCompletableFuture()).isCompletedExceptionally();
			assertThat(Sms.SENT).hasValue(3);
		});
	}

	@Test
	void futureIsDecidedOnAnEventLoopToo() {
		run((sms, context) -> {
			for (int i = 0; i < 4; i++) {
				CompletableFuture<String> sent = Mono.fromFuture(() -> sms.sendLater("1"))
					.subscribeOn(Schedulers.parallel())
					.toFuture();
				if (i < 3) {
					assertThat(sent.join()).isEqualTo("sent to 1");
				}
				else {
					assertThat(sent.handle((answer, failure) -> failure).join()).isInstanceOf(ThrottledException.class);
				}
			}
			assertThat(Sms.SENT).hasValue(3);
		});
	}

	@Test
	void monoIsDecidedAtEachSubscription() {
		run((sms, context) -> {
			Mono<String> sent = sms.sendMono("1");
			assertThat(Sms.SENT).hasValue(0);
			for (int i = 0; i < 3; i++) {
				assertThat(sent.block()).isEqualTo("sent to 1");
			}
			assertDenied(sent::block);
			assertThat(Sms.SENT).hasValue(3);
		});
	}

	@Test
	void fluxIsDecidedAtEachSubscription() {
		run((sms, context) -> {
			Flux<String> sent = sms.sendFlux("1");
			for (int i = 0; i < 3; i++) {
				assertThat(sent.collectList().block()).containsExactly("sent", "to", "1");
			}
			assertDenied(sent::blockLast);
			assertThat(Sms.SENT).hasValue(3);
		});
	}

	@Test
	void clientOfAReactiveRequestIsInTheContext() {
		run((sms, context) -> {
			Mono<String> sent = sms.sendMonoOfUser();
			for (String user : List.of("ada", "bob")) {
				Mono<String> ofUser = sent.contextWrite((written) -> written.put(ThrottleRequest.class,
						Mono.just(new MockThrottleRequest().withUser(user))));
				for (int i = 0; i < 3; i++) {
					ofUser.block();
				}
				assertDenied(ofUser::block);
			}
			assertThat(sent.block()).isEqualTo("sent");
		});
	}

	@Test
	void annotationOnAClassLimitsItsPublicMethods() {
		this.runner.withBean(Mailer.class).withPropertyValues("throttle.rates.mail=2/hour").run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			mailer.one();
			mailer.two();
			assertDenied(mailer::one);
			assertDenied(mailer::two);
			mailer.own();
			mailer.notPublic();
		});
	}

	@Test
	void annotationMayBeOnAnInterfaceAndTheRateInIt() {
		this.runner.withBean(FaxMachine.class).run((context) -> {
			Fax fax = context.getBean(Fax.class);
			fax.send();
			assertDenied(fax::send);
		});
	}

	@Test
	void beanMayBeBehindAProxyOfItsInterface() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
			.withBean(DefaultAdvisorAutoProxyCreator.class)
			.withBean(FaxMachine.class)
			.run((context) -> {
				Fax fax = context.getBean(Fax.class);
				fax.send();
				assertDenied(fax::send);
			});
	}

	@Test
	void listenerIsLimited() {
		this.runner.withBean(Listener.class).run((context) -> {
			for (int i = 0; i < 3; i++) {
				context.publishEvent("news");
			}
			assertDenied(() -> context.publishEvent("news"));
			assertThat(Listener.HEARD).hasValue(3);
		});
	}

	@Test
	void scheduledJobIsLimited() {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			assertThat(Job.FAILURE.get(10, TimeUnit.SECONDS)).isInstanceOf(ThrottledException.class);
			assertThat(Job.RUNS).hasValue(3);
		});
	}

	@Test
	void nothingIsLimitedIfThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false").run((context) -> {
			for (int i = 0; i < 10; i++) {
				context.getBean(Sms.class).send("1");
			}
		});
	}

	@Test
	void threadsTakeExactlyWhatThereIs() {
		run((sms, context) -> {
			ExecutorService threads = Executors.newFixedThreadPool(16);
			for (int i = 0; i < 200; i++) {
				threads.execute(() -> sms.send("1"));
			}
			threads.shutdown();
			assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
			assertThat(Sms.SENT).hasValue(3);
		});
	}

	private void run(Calls calls) {
		this.runner.run((context) -> calls.make(context.getBean(Sms.class), context));
	}

	private static void assertDenied(ThrowingCallable call) {
		assertThatExceptionOfType(ThrottledException.class).isThrownBy(call);
	}

	@FunctionalInterface
	interface Calls {

		void make(Sms sms, ApplicationContext context) throws Exception;

	}

	static class Sms {

		private static final AtomicInteger SENT = new AtomicInteger();

		Sms() {
			SENT.set(0);
		}

		@Throttle(scope = "sms", key = "#phone")
		public String send(@Nullable String phone) {
			SENT.incrementAndGet();
			return "sent to " + phone;
		}

		@Throttle(scope = "sms", key = "#phone", costString = "#parts")
		public void sendLong(String phone, int parts) {
		}

		@Throttle(scope = "sms", key = "#value")
		public void sendTo(Object value) {
		}

		@Throttle(scope = "sms", key = "T(dev.throttle.Client).of('tenant', #p0)")
		public void sendForTenant(String tenant) {
		}

		@Throttle(scope = "sms")
		public void sendToAll() {
		}

		@Throttle(scope = "sms", key = "#phone")
		@Throttle(scope = "tenants", rate = "2/hour", key = "#tenant.toUpperCase()")
		public void sendByTwo(String phone, String tenant) {
		}

		@Throttle(scope = "sms", key = "#phone")
		public CompletableFuture<String> sendLater(String phone) {
			return CompletableFuture.completedFuture(send(phone));
		}

		@Throttle(scope = "sms", key = "#phone")
		public CompletionStage<String> sendInStages(String phone) {
			return CompletableFuture.completedFuture(send(phone));
		}

		@Throttle(scope = "sms", key = "#phone")
		public Mono<String> sendMono(String phone) {
			return Mono.just(send(phone));
		}

		@Throttle(scope = "sms", key = "#phone")
		public Flux<String> sendFlux(String phone) {
			return Flux.just(send(phone).split(" "));
		}

		@Throttle(scope = "sms")
		public Mono<String> sendMonoOfUser() {
			return Mono.just("sent");
		}

	}

	@Throttle(scope = "mail")
	static class Mailer {

		public void one() {
		}

		public void two() {
		}

		@Throttle(scope = "own", rate = "1/hour")
		public void own() {
		}

		void notPublic() {
		}

	}

	interface Fax {

		@Throttle(rate = "1/hour")
		void send();

	}

	static class FaxMachine implements Fax {

		@Override
		public void send() {
		}

	}

	static class Listener {

		private static final AtomicInteger HEARD = new AtomicInteger();

		@EventListener
		@Throttle(scope = "sms")
		public void on(String news) {
			HEARD.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Jobs {

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setErrorHandler(Job.FAILURE::complete);
			return scheduler;
		}

		@Bean
		Job job() {
			return new Job();
		}

	}

	static class Job {

		private static final CompletableFuture<Throwable> FAILURE = new CompletableFuture<>();

		private static final AtomicInteger RUNS = new AtomicInteger();

		@Scheduled(fixedDelay = 1)
		@Throttle(scope = "sms")
		public void run() {
			RUNS.incrementAndGet();
		}

	}

}
