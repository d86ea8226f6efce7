package dev.throttle.docs.example;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

import dev.throttle.http.RetryRules;
import dev.throttle.usage.UsageReader;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Fields of the classes of which the snippets show a part.
 */
public abstract class Fields {

	protected final LanguageModel model = new LanguageModel();

	protected final Order order = new Order(1);

	protected final RetryRules rules = RetryRules.builder().build();

	protected final Executor workers = ForkJoinPool.commonPool();

	protected @Nullable UsageReader usageReader;

	protected @Nullable WebClient webClient;

}
