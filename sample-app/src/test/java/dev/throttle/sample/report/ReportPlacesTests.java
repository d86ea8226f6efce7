package dev.throttle.sample.report;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.throttle.Client;
import dev.throttle.sample.RawRequest;
import dev.throttle.sample.Sample;
import dev.throttle.sample.Visitor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A user has at most three reports at once, over HTTP. One place is taken during each
 * test of how a request ends, so that a place that is given back twice would be missed.
 */
@Tag("integration")
class ReportPlacesTests {

	private static final Client ALICE = Client.user("alice");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String[] MANY = { "--sample.reports.rate=1000/min", "--throttle.rates.user=1000/min" };

	private static final String[] SHORT_TIMEOUT = { "--sample.reports.rate=1000/min", "--throttle.rates.user=1000/min",
			"--spring.mvc.async.request-timeout=300ms" };

	private static final String[] ONE = { "--sample.reports.rate=1/min" };

	private static final Map<String[], Sample> SAMPLES = new IdentityHashMap<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private Sample sample;

	private PendingReports reports;

	private ReportPlacesThrottle places;

	/**
	 * Start the sample, or take the one that another test has started so.
	 */
	private void start(String[] arguments) {
		this.sample = SAMPLES.computeIfAbsent(arguments, (all) -> Sample.start(new Class<?>[] { Reports.class }, all));
		this.reports = this.sample.context().getBean(PendingReports.class);
		this.places = this.sample.context().getBean(ReportPlacesThrottle.class);
	}

	@AfterEach
	void leaveAllPlaces() {
		this.threads.shutdownNow();
		this.reports.forget();
		while (this.places.taken(ALICE) > 0) {
			this.places.leave(ALICE);
		}
	}

	@AfterAll
	static void close() {
		SAMPLES.values().forEach(Sample::close);
		SAMPLES.clear();
	}

	@Test
	void fourthReportAtOnceIsDeniedAndTheNextAfterOneIsFinishedIsNot() throws Exception {
		start(MANY);
		List<Future<HttpResponse<String>>> three = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			three.add(begin(alice()));
		}
		List<CompletableFuture<Report>> pending = List.of(this.reports.next(), this.reports.next(),
				this.reports.next());
		HttpResponse<String> fourth = alice().get("/reports");
		assertThat(fourth.statusCode()).isEqualTo(429);
		assertThat(fourth.headers().allValues("Retry-After")).containsExactly("1");
		assertThat(fourth.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		Future<HttpResponse<String>> bob = begin(this.sample.visitor().as("bob", "bob"));
		this.reports.next().complete(new Report(1, 2));
		assertThat(bob.get().statusCode()).isEqualTo(200);
		pending.get(0).complete(new Report(1, 2));
		awaitTaken(2);
		Future<HttpResponse<String>> next = begin(alice());
		this.reports.next().complete(new Report(1, 2));
		assertThat(next.get().body()).isEqualTo("{\"users\":1,\"books\":2}");
		pending.forEach((report) -> report.complete(new Report(1, 2)));
		for (Future<HttpResponse<String>> answer : three) {
			assertThat(answer.get().statusCode()).isEqualTo(200);
		}
		awaitTaken(0);
	}

	@Test
	void exactlyThreeOfManyAtOnceGetAPlace() throws Exception {
		start(MANY);
		List<Future<HttpResponse<String>>> answers = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			answers.add(begin(alice()));
		}
		await().atMost(PATIENCE).until(() -> answers.stream().filter(Future::isDone).count() == 47);
		assertThat(this.places.taken(ALICE)).isEqualTo(3);
		for (int i = 0; i < 3; i++) {
			this.reports.next().complete(new Report(0, 0));
		}
		List<Integer> statuses = new ArrayList<>();
		for (Future<HttpResponse<String>> answer : answers) {
			statuses.add(answer.get().statusCode());
		}
		assertThat(statuses).filteredOn((status) -> status == 200).hasSize(3);
		assertThat(statuses).filteredOn((status) -> status == 429).hasSize(47);
	}

	@Test
	void successGivesThePlaceBackOnce() throws Exception {
		start(MANY);
		takeOne();
		Future<HttpResponse<String>> answer = begin(alice());
		CompletableFuture<Report> report = this.reports.next();
		assertThat(this.places.taken(ALICE)).isEqualTo(2);
		report.complete(new Report(0, 0));
		assertThat(answer.get().statusCode()).isEqualTo(200);
		staysAtOne();
	}

	@Test
	void failureGivesThePlaceBackOnce() throws Exception {
		start(MANY);
		takeOne();
		Future<HttpResponse<String>> answer = begin(alice());
		this.reports.next().completeExceptionally(new IllegalStateException("secret of the failure"));
		assertThat(answer.get().statusCode()).isEqualTo(500);
		assertThat(answer.get().headers().allValues("Content-Type")).containsExactly("application/problem+json");
		assertThat(answer.get().body()).doesNotContain("secret", "Exception");
		staysAtOne();
	}

	@Test
	void failureBeforeTheReportBeginsGivesThePlaceBackOnce() {
		start(MANY);
		takeOne();
		this.reports.fail = true;
		assertThat(alice().get("/reports").statusCode()).isEqualTo(500);
		staysAtOne();
	}

	@Test
	void timeoutGivesThePlaceBackOnce() throws Exception {
		start(SHORT_TIMEOUT);
		takeOne();
		HttpResponse<String> answer = alice().get("/reports");
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.headers().allValues("Content-Type")).containsExactly("application/problem+json");
		staysAtOne();
		this.reports.next().complete(new Report(0, 0));
		staysAtOne();
	}

	@Test
	void clientThatIsGoneGivesThePlaceBackOnceTheReportIsFinished() throws Exception {
		start(MANY);
		takeOne();
		RawRequest request = sendAsAlice();
		CompletableFuture<Report> report = this.reports.next();
		assertThat(this.places.taken(ALICE)).isEqualTo(2);
		request.close();
		report.complete(new Report(0, 0));
		staysAtOne();
	}

	@Test
	void clientThatIsGoneGivesThePlaceBackAtTheTimeout() throws Exception {
		start(SHORT_TIMEOUT);
		takeOne();
		RawRequest request = sendAsAlice();
		this.reports.next();
		request.close();
		staysAtOne();
	}

	@Test
	void denialByAnotherThrottleGivesThePlaceBackOnce() throws Exception {
		start(ONE);
		takeOne();
		Future<HttpResponse<String>> answer = begin(alice());
		this.reports.next().complete(new Report(0, 0));
		assertThat(answer.get().statusCode()).isEqualTo(200);
		staysAtOne();
		for (int i = 0; i < 5; i++) {
			assertThat(alice().get("/reports").body()).contains("\"violated-policies\":[\"reports\"]");
			staysAtOne();
		}
	}

	private void takeOne() {
		assertThat(this.places.enter(ALICE)).isTrue();
	}

	private void awaitTaken(int places) {
		await().atMost(PATIENCE).until(() -> this.places.taken(ALICE) == places);
	}

	/**
	 * Wait until one place is taken, and see that it stays so.
	 */
	private void staysAtOne() {
		awaitTaken(1);
		await().during(Duration.ofMillis(200)).until(() -> this.places.taken(ALICE) == 1);
	}

	private Visitor alice() {
		return this.sample.visitor().as("alice", "alice");
	}

	private RawRequest sendAsAlice() throws Exception {
		return RawRequest.send(this.sample.visitor().port(),
				"GET /reports HTTP/1.1\nAuthorization: Basic YWxpY2U6YWxpY2U=", "");
	}

	private Future<HttpResponse<String>> begin(Visitor visitor) {
		return this.threads.submit(() -> visitor.get("/reports"));
	}

	/**
	 * Reports that are finished by hand.
	 */
	static class PendingReports implements ReportWriter {

		private final BlockingQueue<CompletableFuture<Report>> pending = new LinkedBlockingQueue<>();

		private volatile boolean fail;

		void forget() {
			this.pending.clear();
			this.fail = false;
		}

		@Override
		public CompletableFuture<Report> write() {
			if (this.fail) {
				throw new IllegalStateException("secret of the failure");
			}
			CompletableFuture<Report> report = new CompletableFuture<>();
			this.pending.add(report);
			return report;
		}

		/**
		 * Return the next report that somebody waits for.
		 */
		CompletableFuture<Report> next() throws InterruptedException {
			CompletableFuture<Report> report = this.pending.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			assertThat(report).isNotNull();
			return report;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Reports {

		@Bean
		@Primary
		PendingReports pendingReports() {
			return new PendingReports();
		}

	}

}
