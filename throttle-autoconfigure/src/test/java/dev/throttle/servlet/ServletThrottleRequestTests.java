package dev.throttle.servlet;

import java.security.Principal;
import java.util.List;
import java.util.Map;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import dev.throttle.web.ByteScopes.Counted;
import dev.throttle.web.CostUnit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.multipart.MultipartHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServletThrottleRequest}.
 */
class ServletThrottleRequestTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/uploads");

	private ClientAddressResolver addresses = ClientAddressResolver.builder().build();

	@Test
	void method() {
		assertThat(throttleRequest().method()).isEqualTo("PUT");
	}

	@ParameterizedTest
	@CsvSource({ "/app/uploads, /uploads", "/app, ''", "/app/, /", "/app/a%2Fb/%C3%A4%20c, /a/b/ä c",
			"/app/uploads;v=1/x;a=b;c, /uploads/x", "/app//a, //a", "/app/uploads/, /uploads/" })
	void pathWithinTheApplicationIsTheOneThatMappingsCompare(String uri, String path) {
		this.request.setContextPath("/app");
		this.request.setRequestURI(uri);
		assertThat(throttleRequest().path()).isEqualTo(path);
	}

	@Test
	void headerIsThatOfTheFirstLine() {
		this.request.addHeader("X-Tenant", "first");
		this.request.addHeader("X-Tenant", "second");
		assertThat(throttleRequest().header("x-tenant")).isEqualTo("first");
		assertThat(throttleRequest().header("X-Other")).isNull();
	}

	@Test
	void userIsThePrincipal() {
		this.request.setUserPrincipal(() -> "ada");
		assertThat(throttleRequest().user()).isEqualTo("ada");
	}

	@Test
	void principalWithoutNameIsAnonymous() {
		this.request.setUserPrincipal(() -> null);
		assertThat(throttleRequest().user()).isNull();
	}

	@Test
	void withoutPrincipalIsAnonymous() {
		this.request.setRemoteUser("remote");
		assertThat(throttleRequest().user()).isNull();
	}

	@Test
	void principalIsAskedForOnce() {
		int[] asked = new int[1];
		HttpServletRequest counting = new HttpServletRequestWrapper(this.request) {

			@Override
			public java.security.Principal getUserPrincipal() {
				asked[0]++;
				return super.getUserPrincipal();
			}

		};
		ServletThrottleRequest throttleRequest = throttleRequest(counting);
		throttleRequest.user();
		throttleRequest.user();
		assertThat(asked[0]).isEqualTo(1);
	}

	@Test
	void addressIsTheRemoteOne() {
		this.request.setRemoteAddr("192.0.2.1");
		this.request.addHeader("X-Forwarded-For", "198.51.100.7");
		assertThat(throttleRequest().address()).isEqualTo("192.0.2.1");
	}

	@Test
	void addressIsReadFromAllForwardedLines() {
		this.addresses = ClientAddressResolver.builder().numProxies(2).build();
		this.request.setRemoteAddr("192.0.2.1");
		this.request.addHeader("X-Forwarded-For", "203.0.113.9, 198.51.100.7");
		this.request.addHeader("x-forwarded-for", "198.51.100.8");
		assertThat(throttleRequest().address()).isEqualTo("198.51.100.7");
	}

	@Test
	void addressIsTheRemoteOneWithoutForwardedLines() {
		this.addresses = ClientAddressResolver.builder().numProxies(2).build();
		this.request.setRemoteAddr("192.0.2.1");
		assertThat(throttleRequest().address()).isEqualTo("192.0.2.1");
	}

	@Test
	void scopesAreThoseOfTheHandler() {
		ServletThrottleRequest throttleRequest = new ServletThrottleRequest(this.request,
				new DeclaredScopes(List.of(Scope.of("uploads"), Scope.of("Own.handler")),
						Map.of(Scope.of("uploads"), 7L)),
				this.addresses, ByteScopes.NONE);
		assertThat(throttleRequest.scopes()).extracting(Scope::name).containsExactly("uploads", "Own.handler");
		assertThat(throttleRequest.hasScope("own-handler")).isTrue();
		assertThat(throttleRequest.hasScope("own")).isFalse();
		assertThat(throttleRequest.cost(Scope.of("UPLOADS"))).isEqualTo(7);
		assertThat(throttleRequest.cost(Scope.of("own-handler"))).isEqualTo(1);
	}

	@Test
	void principalIsThatOfTheServletRequest() {
		Principal ada = () -> "ada";
		this.request.setUserPrincipal(ada);
		assertThat(throttleRequest().principal()).isSameAs(ada);
		assertThat(throttleRequest().client()).isEqualTo(Client.user("ada"));
	}

	@Test
	void contentLengthIsTheAnnouncedOne() {
		assertThat(throttleRequest().contentLength()).isEmpty();
		this.request.setContent(new byte[7]);
		assertThat(throttleRequest().contentLength()).hasValue(7);
	}

	@Test
	void nativeRequestIsFoundBehindWrappers() {
		ServletThrottleRequest throttleRequest = throttleRequest(new HttpServletRequestWrapper(this.request));
		assertThat(throttleRequest.nativeRequest(HttpServletRequestWrapper.class)).isNotNull();
		assertThat(throttleRequest.nativeRequest(MockHttpServletRequest.class)).isSameAs(this.request);
		assertThat(throttleRequest.nativeRequest(MultipartHttpServletRequest.class)).isNull();
	}

	private ServletThrottleRequest throttleRequest() {
		return throttleRequest(this.request);
	}

	@Test
	void costThatTheHandlerDeclaresComesBeforeTheNumberOfBytes() {
		Scope uploads = Scope.of("uploads");
		Scope files = Scope.of("files");
		Counted requestBytes = new Counted(CostUnit.REQUEST_BYTES, 64);
		this.request.setContent(new byte[500]);
		ServletThrottleRequest throttleRequest = new ServletThrottleRequest(this.request,
				new DeclaredScopes(List.of(uploads, files), Map.of(uploads, 7L)), this.addresses,
				new ByteScopes(Map.of(uploads, requestBytes, files, requestBytes)));
		assertThat(throttleRequest.cost(uploads)).isEqualTo(7);
		assertThat(throttleRequest.cost(files)).isEqualTo(500);
		assertThat(throttleRequest.cost(Scope.of("user"))).isOne();
	}

	@Test
	void bodyOfUnknownLengthOverHttp2ReservesTheReserve() {
		this.request.setProtocol("HTTP/2.0");
		ServletThrottleRequest throttleRequest = new ServletThrottleRequest(this.request, DeclaredScopes.NONE,
				this.addresses, new ByteScopes(Map.of(Scope.of("files"), new Counted(CostUnit.REQUEST_BYTES, 64))));
		assertThat(throttleRequest.cost(Scope.of("files"))).isEqualTo(64);
	}

	private ServletThrottleRequest throttleRequest(HttpServletRequest request) {
		return new ServletThrottleRequest(request, DeclaredScopes.NONE, this.addresses, ByteScopes.NONE);
	}

}
