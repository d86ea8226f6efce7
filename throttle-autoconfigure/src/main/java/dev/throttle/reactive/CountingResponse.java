package dev.throttle.reactive;

import java.nio.file.Path;

import dev.throttle.web.ByteCount;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * A response whose body is counted as it is written. The body for a {@code HEAD} request
 * is not sent, and does not count.
 */
class CountingResponse extends ServerHttpResponseDecorator {

	private final ByteCount count;

	private final boolean hasBody;

	private CountingResponse(ServerHttpResponse response, boolean hasBody, ByteCount count) {
		super(response);
		this.hasBody = hasBody;
		this.count = count;
	}

	static CountingResponse of(ServerHttpResponse response, HttpMethod method, ByteCount count) {
		boolean hasBody = !method.equals(HttpMethod.HEAD);
		return (response instanceof ZeroCopyHttpOutputMessage zeroCopy)
				? new OfFiles(response, zeroCopy, hasBody, count) : new CountingResponse(response, hasBody, count);
	}

	final ByteCount count() {
		return this.count;
	}

	final void written(long bytes) {
		if (this.hasBody) {
			this.count.written(bytes);
		}
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return super.writeWith(counted(body));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return super.writeAndFlushWith(Flux.from(body).map(this::counted));
	}

	/** A Mono stays one, because it is written more simply. */
	private Publisher<? extends DataBuffer> counted(Publisher<? extends DataBuffer> body) {
		return (body instanceof Mono<? extends DataBuffer> mono) ? mono.doOnNext(this::written)
				: Flux.from(body).doOnNext(this::written);
	}

	private void written(DataBuffer buffer) {
		written(buffer.readableByteCount());
	}

	/**
	 * A response to which the server copies files by itself. It does not tell how far it
	 * comes, so that a file counts as a whole.
	 */
	private static final class OfFiles extends CountingResponse implements ZeroCopyHttpOutputMessage {

		private final ZeroCopyHttpOutputMessage response;

		private OfFiles(ServerHttpResponse response, ZeroCopyHttpOutputMessage zeroCopy, boolean hasBody,
				ByteCount count) {
			super(response, hasBody, count);
			this.response = zeroCopy;
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long length) {
			return this.response.writeWith(file, position, length).doOnSubscribe((subscription) -> written(length));
		}

	}

}
