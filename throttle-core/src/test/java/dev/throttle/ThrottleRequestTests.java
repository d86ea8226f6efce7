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
		MockThrottleRequest byAmy = this.request.withPrincipal(() -> "amy");
		assertThat(byAmy.client()).isEqualTo(Client.user("amy"));
		assertThat(byAmy.user()).isEqualTo("amy");
	}

	@Test
	void scopeOfTheHandlerIsFoundInEverySpelling() {
		MockThrottleRequest request = this.request.withScopes("bulk-uploads");
		assertThat(request.hasScope("bulk_uploads")).isTrue();
		assertThat(request.hasScope("BulkUploads")).isTrue();
		assertThat(request.hasScope("uploads")).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> request.hasScope("bulk uploads"));
	}

	@Test
	void requestOfATestIsNotChangedByItsCopies() {
		MockThrottleRequest changed = this.request.withMethod("POST")
			.withPath("/uploads")
			.withHeader("X-Tenant", "acme")
			.withUser("amy")
			.withContentLength(5)
			.withScopes("uploads")
			.withScopes("exports")
			.withNativeRequest("native");
		assertThat(changed)
			.hasToString("POST /uploads by user:amy, headers {x-tenant=acme}, scopes [uploads, exports]");
		assertThat(changed.header("x-Tenant")).isEqualTo("acme");
		assertThat(changed.contentLength()).hasValue(5);
		assertThat(changed.nativeRequest(String.class)).isEqualTo("native");
		assertThat(this.request).hasToString("GET / by address:203.0.113.7");
		assertThat(this.request.contentLength()).isEmpty();
		assertThat(this.request.nativeRequest(String.class)).isNull();
	}

}
