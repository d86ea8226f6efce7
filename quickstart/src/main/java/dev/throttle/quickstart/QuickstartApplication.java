package dev.throttle.quickstart;

import dev.throttle.Throttle;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The application of README's first minute.
 */
@SpringBootApplication
@RestController
public class QuickstartApplication {

	public static void main(String[] args) {
		SpringApplication.run(QuickstartApplication.class, args);
	}

	@PostMapping("/uploads")
	@Throttle(scope = "uploads") // in addition to anon and user
	String upload() {
		return "stored";
	}

}
