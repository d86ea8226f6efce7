package dev.throttle.http;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/**
 * Receives a file.
 */
@RestController
class MultipartHandler {

	@PostMapping("/multipart")
	long receive(@RequestParam MultipartFile file) {
		return file.getSize();
	}

}
