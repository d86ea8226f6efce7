package dev.throttle.reactive;

import dev.throttle.web.ByteCount;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * A request whose body is counted as it is read.
 */
final class CountingRequest extends ServerHttpRequestDecorator {

	private final ByteCount count;

	CountingRequest(ServerHttpRequest request, ByteCount count) {
		super(request);
		this.count = count;
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return super.getBody().doOnNext((buffer) -> this.count.read(buffer.readableByteCount()));
	}

}
