package dev.throttle;

import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for what {@link ThrottleRequest} works out by itself.
 */
class ThrottleRequestTests {

	private final MockThrottleRequest request = new MockThrottleRequest().withAddress("203.0.113.7");

	@Test
	void clientIsTheUserOrElseTheAddress() {
		assertThat(this.request.client()).isEqualTo(Client.address("203.0.113.7"));
		assertThat(this.request.user()).isNull();
		this.request.withPrincipal(() -> "amy");
		assertThat(this.request.client()).isEqualTo(Client.user("amy"));
		assertThat(this.request.user()).isEqualTo("amy");
	}

	@Test
	void scopeOfTheHandlerIsFoundInEverySpelling() {
		this.request.withScopes("bulk-uploads");
		assertThat(this.request.hasScope("bulk_uploads")).isTrue();
		assertThat(this.request.hasScope("BulkUploads")).isTrue();
		assertThat(this.request.hasScope("uploads")).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> this.request.hasScope("bulk uploads"));
	}

}
