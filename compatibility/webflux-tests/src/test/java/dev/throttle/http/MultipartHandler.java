package dev.throttle.http;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receives a file.
 */
@RestController
class MultipartHandler {

	@PostMapping("/multipart")
	Mono<Integer> receive(@RequestPart FilePart file) {
		return DataBufferUtils.join(file.content()).map((content) -> {
			int length = content.readableByteCount();
			DataBufferUtils.release(content);
			return length;
		});
	}

}
