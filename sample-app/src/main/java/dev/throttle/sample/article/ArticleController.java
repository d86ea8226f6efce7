package dev.throttle.sample.article;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Declares nothing: the default throttles apply.
 */
@RestController
class ArticleController {

	@GetMapping("/articles")
	List<String> articles() {
		return List.of("On waiting in line", "The patience of buckets");
	}

}
