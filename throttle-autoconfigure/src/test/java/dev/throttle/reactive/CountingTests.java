package dev.throttle.reactive;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

import dev.throttle.web.ByteCount;
import dev.throttle.web.CostUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CountingRequest}, {@link CountingResponse} and
 * {@link ByteCountingDecorator}.
 */
class CountingTests {

	private final ByteCount count = new ByteCount();

	private final MockServerHttpResponse response = new MockServerHttpResponse();

	@Test
	void bodyCountsAsItIsRead() {
		ServerHttpRequest request = new CountingRequest(
				MockServerHttpRequest.post("/").body(Flux.just(buffer("one"), buffer("three"), buffer("seven"))),
				this.count);
		assertThat(passed(CostUnit.REQUEST_BYTES)).isZero();
		request.getBody().take(2).map(DataBufferUtils::release).blockLast();
		assertThat(passed(CostUnit.REQUEST_BYTES)).isEqualTo(8);
	}

	@Test
	void bodyCountsAsItIsWritten() {
		counting(HttpMethod.GET).writeWith(Flux.just(buffer("one"), buffer("three"))).block();
		assertThat(passed(CostUnit.RESPONSE_BYTES)).isEqualTo(8);
		assertThat(this.response.getBodyAsString().block()).isEqualTo("onethree");
	}

	@Test
	void streamCountsAsItIsWritten() {
		counting(HttpMethod.GET)
			.writeAndFlushWith(Flux.just(Mono.just(buffer("one")), Flux.just(buffer("three"), buffer("x"))))
			.block();
		assertThat(passed(CostUnit.RESPONSE_BYTES)).isEqualTo(9);
	}

	@Test
	void bodyOfOneBufferStaysOne() {
		AtomicReference<Object> written = new AtomicReference<>();
		ServerHttpResponse seen = new ServerHttpResponseDecorator(this.response) {

			@Override
			public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
				written.set(body);
				return super.writeWith(body);
			}

		};
		CountingResponse.of(seen, HttpMethod.GET, this.count).writeWith(Mono.just(buffer("one"))).block();
		assertThat(written.get()).isInstanceOf(Mono.class);
		assertThat(passed(CostUnit.RESPONSE_BYTES)).isEqualTo(3);
	}

	@Test
	void bodyForHeadIsNotSent() {
		counting(HttpMethod.HEAD).writeWith(Mono.just(buffer("one"))).block();
		assertThat(passed(CostUnit.RESPONSE_BYTES)).isZero();
	}

	@Test
	void fileThatTheServerCopiesCounts(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("file"), "0123456789");
		Copying copying = new Copying(this.response);
		CountingResponse response = CountingResponse.of(copying, HttpMethod.GET, this.count);
		assertThat(response).isInstanceOf(ZeroCopyHttpOutputMessage.class);
		((ZeroCopyHttpOutputMessage) response).writeWith(file, 2, 5).block();
		assertThat(copying.copied).isEqualTo(5);
		assertThat(passed(CostUnit.RESPONSE_BYTES)).isEqualTo(5);
	}

	@Test
	void responseThatCopiesNoFilesIsNoneThatDoes() {
		assertThat(counting(HttpMethod.GET)).isNotInstanceOf(ZeroCopyHttpOutputMessage.class);
	}

	@Test
	void countOfAnExchangeIsFoundBehindOtherDecorators() {
		AtomicReference<ByteCount> found = new AtomicReference<>();
		new ByteCountingDecorator().apply((request, response) -> {
			found.set(ByteCountingDecorator.count(MockServerWebExchange.from(MockServerHttpRequest.get("/"))
				.mutate()
				.response(new ServerHttpResponseDecorator(response))
				.build()));
			return request.getBody().then(response.writeWith(Mono.just(buffer("answer"))));
		}).handle(MockServerHttpRequest.post("/").body("question"), this.response).block();
		assertThat(found.get().passed(CostUnit.REQUEST_BYTES)).isEqualTo(8);
		assertThat(found.get().passed(CostUnit.RESPONSE_BYTES)).isEqualTo(6);
		assertThat(ByteCountingDecorator.count(MockServerWebExchange.from(MockServerHttpRequest.get("/")))).isNull();
	}

	private CountingResponse counting(HttpMethod method) {
		return CountingResponse.of(this.response, method, this.count);
	}

	private long passed(CostUnit unit) {
		return this.count.passed(unit);
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * A response that copies files by itself.
	 */
	private static final class Copying extends ServerHttpResponseDecorator implements ZeroCopyHttpOutputMessage {

		private long copied;

		private Copying(ServerHttpResponse response) {
			super(response);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long length) {
			return Mono.fromRunnable(() -> this.copied += length);
		}

	}

}
