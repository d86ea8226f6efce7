package dev.throttle.sample.contact;

import java.util.List;

import dev.throttle.Throttle;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * All handlers share one scope, and therefore one count.
 */
@RestController
@RequestMapping("/contacts")
@Throttle(scope = "contacts")
class ContactController {

	private static final List<String> CONTACTS = List.of("Ada", "Grace", "Edsger");

	@GetMapping
	List<String> contacts() {
		return CONTACTS;
	}

	@GetMapping("/{id}")
	String contact(@PathVariable int id) {
		return CONTACTS.get(Math.floorMod(id, CONTACTS.size()));
	}

}
