package dev.throttle.sample.apikey;

import java.util.concurrent.CompletableFuture;

import dev.throttle.sample.Developer;
import dev.throttle.sample.Sample;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ApiKeyService} with a database.
 */
@Tag("integration")
class ApiKeyServiceTests {

	@Test
	void ofTwoRequestsThatReplaceAKeyAtOnceOneIsRefused() {
		try (Sample sample = Sample.start()) {
			Developer.signUp(sample.visitor(), "ada");
			ApiKeyService keys = sample.context().getBean(ApiKeyService.class);
			TransactionTemplate slow = sample.context().getBean(TransactionTemplate.class);
			CompletableFuture<NewApiKey> fast = new CompletableFuture<>();
			assertThatExceptionOfType(OptimisticLockingFailureException.class)
				.isThrownBy(() -> slow.execute((transaction) -> {
					keys.find("ada");
					fast.complete(CompletableFuture.supplyAsync(() -> keys.replace("ada").orElseThrow()).join());
					return keys.replace("ada");
				}));
			assertThat(keys.findOwner(fast.join().apiKey())).as("the key that was answered").isPresent();
		}
	}

}
