package dev.throttle.sample.webflux;

import java.time.Duration;

import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Handlers under the defaults.
 */
@RestController
class ArticleController {

	@GetMapping("/articles")
	Flux<String> articles() {
		return Flux.just("one", "two");
	}

	/**
	 * Send an article a second, until the client leaves.
	 */
	@GetMapping(path = "/articles/news", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> news() {
		return Flux.interval(Duration.ofSeconds(1)).map((number) -> "article " + number);
	}

}
