package dev.throttle.sample.report;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.throttle.sample.book.BookCount;
import dev.throttle.sample.user.UserCount;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Counts users and books. {@code sample.reports.delay} makes a report slower, to show the
 * limit on concurrent reports.
 */
@Component
class CountingReportWriter implements ReportWriter {

	private final UserCount users;

	private final BookCount books;

	private final Executor executor;

	CountingReportWriter(UserCount users, BookCount books, @Value("${sample.reports.delay:0s}") Duration delay) {
		this.users = users;
		this.books = books;
		this.executor = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public CompletableFuture<Report> write() {
		return CompletableFuture.supplyAsync(() -> new Report(this.users.get(), this.books.get()), this.executor);
	}

}
