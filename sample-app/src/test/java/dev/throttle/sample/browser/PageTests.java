package dev.throttle.sample.browser;

import java.time.Duration;
import java.util.List;

import dev.throttle.sample.Sample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a browser, against the sample with the periods of its limits shortened.
 */
@Tag("integration")
class PageTests {

	private static final String BOOKS = "[data-endpoint='GET /books'] ";

	private static final String ARTICLES = "[data-endpoint='GET /articles'] ";

	private static final String CONTACTS = "[data-endpoint='GET /contacts'] ";

	private static Browser browser;

	private static Sample sample;

	@BeforeAll
	static void start() {
		browser = Browser.open();
		sample = Sample.startInRealTime("--throttle.rates.api_key=5/10s", "--throttle.rates.anon=100/min",
				"--throttle.rates.address=10000/min", "--throttle.rates.user=100/min, 1000/day",
				"--throttle.rates.contacts=5/4s", "--throttle.rates.signup=1000/min", "--throttle.rates.login=1000/min",
				"--logging.level.org.openqa.selenium=error");
	}

	@AfterAll
	static void stop() {
		if (sample != null) {
			sample.close();
		}
		if (browser != null) {
			browser.close();
		}
	}

	@BeforeEach
	void beNobody() {
		visit(1280, 900, "light");
		browser.script("sessionStorage.clear()");
		visit(1280, 900, "light");
	}

	@Test
	void burstOfTenHasFivePassAndFiveDeniedAndTheNextPassesWhenTheCountdownIsOver() {
		signUp("burst");
		assertThat(browser.text("#identity")).isEqualTo("Logged in as burst");
		assertThat(browser.text("#api-key")).matches("tsk_[A-Za-z0-9_-]{43}");
		browser.click(BOOKS + ".burst");
		browser.until("ten answers", () -> browser.findAll("#log tr").size() == 10);
		assertThat(browser.text("#passed-count")).isEqualTo("5");
		assertThat(browser.text("#denied-count")).isEqualTo("5");
		assertThat(browser.text("#other-count")).isEqualTo("0");
		assertThat(statuses()).containsOnly("200", "429");
		assertThat(browser.text(BOOKS + ".state")).matches("Next in (10|[0-9]) s");
		assertThat(browser.text("[data-endpoint='POST /books'] .state")).as("the same key's").startsWith("Next in ");
		assertThat(browser.findAll("#timeline rect.passed")).hasSize(5);
		assertThat(browser.findAll("#timeline rect.denied")).hasSize(5);
		browser.click(BOOKS + ".one");
		browser.until("another answer", () -> browser.findAll("#log tr").size() == 11);
		assertThat(statuses().get(0)).as("before the countdown is over").isEqualTo("429");
		browser.until("the countdown is over", () -> !browser.text(BOOKS + ".state").startsWith("Next in"));
		assertThat(browser.text("#announcement")).isEqualTo("The next request to /books may pass.");
		browser.click(BOOKS + ".one");
		browser.until("another answer", () -> browser.findAll("#log tr").size() == 12);
		assertThat(statuses().get(0)).isEqualTo("200");
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void patientBurstWaitsAndPasses() {
		signUp("patient");
		browser.click("#patient");
		browser.type("#burst-size", "7");
		browser.click(CONTACTS + ".burst");
		browser.until("two wait", () -> browser.text(CONTACTS + ".state").startsWith("2 waiting, next in"));
		assertThat(browser.find("#stop").isDisplayed()).isTrue();
		browser.until("all seven passed", () -> browser.text("#passed-count").equals("7"));
		assertThat(browser.text("#denied-count")).isEqualTo("2");
		browser.until("nothing waits", () -> !browser.find("#stop").isDisplayed());
	}

	@Test
	void waitingCanBeStopped() throws InterruptedException {
		signUp("impatient");
		browser.click("#patient");
		browser.click(CONTACTS + ".burst");
		browser.until("five wait", () -> browser.text(CONTACTS + ".state").startsWith("5 waiting, next in"));
		browser.click("#stop");
		browser.until("nothing waits", () -> !browser.find("#stop").isDisplayed());
		Thread.sleep(Duration.ofSeconds(5).toMillis());
		assertThat(browser.findAll("#log tr")).hasSize(10);
	}

	@Test
	void usageOfTheVisitorIsShownAfterEachBurst() {
		browser.until("the usage of nobody", () -> !browser.findAll("#usage [data-policy='anon']").isEmpty());
		signUp("using");
		browser.until("the usage of the user", () -> browser.findAll("#usage [data-policy='anon']").isEmpty()
				&& browser.text("#usage [data-policy='user']").contains("0 of 100 per min"));
		browser.type("#burst-size", "4");
		browser.click(CONTACTS + ".burst");
		browser.until("four are used", () -> browser.text("#usage [data-policy='contacts']").contains("4 of 5 per 4s"));
		assertThat(browser.findAll("#usage [data-policy='contacts'] .filled")).hasSize(4);
		assertThat(browser.text("#usage [data-policy='user']")).contains("4 of 100 per min");
		assertThat(browser.text("#usage")).doesNotContain("address", "login");
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void takenNameIsSaidBesideTheField() {
		signUp("taken");
		browser.click("#log-out");
		assertThat(browser.script("return sessionStorage.length")).isEqualTo(0L);
		fillIn("taken", "taken@example.org", "correct horse");
		browser.click("#signup [type=submit]");
		browser.until("an error", () -> !browser.text("#signup-username-error").isEmpty());
		assertThat(browser.text("#signup-username-error")).isEqualTo("User name is taken.");
		assertThat(browser.find("#signup-username").getDomAttribute("aria-invalid")).isEqualTo("true");
	}

	@Test
	void everyFieldHasItsOwnError() {
		browser.click("#signup [type=submit]");
		assertThat(browser.text("#signup-username-error")).isEqualTo("User name is missing.");
		assertThat(browser.text("#signup-email-error")).isEqualTo("Email is missing.");
		assertThat(browser.text("#signup-password-error")).isEqualTo("Password is missing.");
		fillIn("<b>x</b>", "nowhere", "correct horse");
		browser.click("#signup [type=submit]");
		browser.until("an error", () -> browser.text("#signup-username-error").contains("3 to 32"));
		assertThat(browser.text("#signup-email-error")).startsWith("Email must be").endsWith(".");
		assertThat(browser.text("#signup-password-error")).isEmpty();
	}

	@Test
	void wrongPasswordIsSaid() {
		signUp("forgetful");
		browser.click("#log-out");
		browser.click("#show-login");
		browser.type("#login-username", "forgetful");
		browser.type("#login-password", "wrong horse");
		browser.click("#login [type=submit]");
		browser.until("an error", () -> !browser.text("#login .form-error").isEmpty());
		assertThat(browser.text("#login .form-error")).isEqualTo("The user name or the password is wrong.");
		browser.type("#login-password", "correct horse");
		browser.click("#login [type=submit]");
		browser.until("the key's end", () -> browser.text("#api-key").startsWith("tsk_…"));
		assertThat(browser.text(BOOKS + ".state")).isEqualTo("Make a new key to ask");
	}

	@Test
	void keyIsReplacedOnlyOnConfirmationAndTheOldOneStopsWorking() {
		signUp("replacing");
		String first = browser.text("#api-key");
		browser.click("#copy-key");
		browser.until("the key is copied", () -> browser.text("#copy-key").equals("Copied"));
		browser.click("#replace-key");
		browser.click("#confirm-replace [value=cancel]");
		assertThat(browser.text("#api-key")).isEqualTo(first);
		browser.click("#replace-key");
		browser.click("#confirm-replace-yes");
		browser.until("another key", () -> !browser.text("#api-key").equals(first));
		assertThat(browser.text("#api-key")).matches("tsk_[A-Za-z0-9_-]{43}");
		browser.click(BOOKS + ".one");
		browser.until("an answer", () -> !statuses().isEmpty());
		assertThat(statuses()).containsExactly("200");
		assertThat(browser.script("""
				const response = await fetch("/books", { headers: { "X-API-Key": arguments[0] } });
				return response.status""", first)).isEqualTo(401L);
	}

	@Test
	void newKeyIsNoWayRoundTheCountdown() {
		signUp("hasty");
		String first = browser.text("#api-key");
		browser.click(BOOKS + ".burst");
		browser.until("ten answers", () -> browser.findAll("#log tr").size() == 10);
		browser.click("#replace-key");
		browser.click("#confirm-replace-yes");
		browser.until("another key", () -> !browser.text("#api-key").equals(first));
		assertThat(browser.text(BOOKS + ".state")).startsWith("Next in ");
		browser.click(BOOKS + ".one");
		browser.until("another answer", () -> browser.findAll("#log tr").size() == 11);
		assertThat(statuses().get(0)).isEqualTo("429");
	}

	@Test
	void whatIsWrittenIntoThePageIsNotRun() {
		browser
			.script("""
					document.body.append(Object.assign(document.createElement("script"), { textContent: "window.run = 1" }));
					document.body.insertAdjacentHTML("beforeend", "<img src=icon.svg onload='window.run = 2'>")""");
		assertThat(browser.script("return window.run ?? 'not run'")).isEqualTo("not run");
		assertThat(browser.complaints()).anyMatch((complaint) -> complaint.contains("Content Security Policy"));
	}

	@Test
	void pageAndItsPartsAreNotCounted() {
		for (int i = 0; i < 8; i++) {
			visit(1280, 900, "light");
		}
		browser.click(ARTICLES + ".one");
		browser.until("an answer", () -> !statuses().isEmpty());
		assertThat(browser.text("#log td:nth-child(4)")).isEqualTo("99/100");
	}

	@Test
	void nothingIsWiderThanThePhone() {
		for (String scheme : List.of("light", "dark")) {
			visit(390, 844, scheme);
			browser.screenshot("phone-" + scheme + "-start");
			signUp("phone-" + scheme);
			browser.click(CONTACTS + ".burst");
			browser.until("ten answers", () -> browser.findAll("#log tr").size() == 10);
			browser.click(BOOKS + ".burst");
			browser.until("twenty answers", () -> browser.findAll("#log tr").size() == 20);
			assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(390L);
			browser.screenshot("phone-" + scheme);
			browser.click("#log-out");
		}
	}

	@Test
	void desktopIsShownInBothSchemes() throws InterruptedException {
		visit(1280, 900, "light");
		browser.screenshot("desktop-light-start");
		browser.click("#signup [type=submit]");
		browser.screenshot("desktop-light-errors");
		signUp("ada");
		browser.click(ARTICLES + ".one");
		browser.click("[data-endpoint='GET /ping'] .one");
		browser.click("[data-endpoint='GET /downloads'] .one");
		Thread.sleep(Duration.ofSeconds(1).toMillis());
		browser.click("[data-endpoint='GET /reports'] .one");
		browser.click(ARTICLES + ".one");
		Thread.sleep(Duration.ofSeconds(1).toMillis());
		browser.click(BOOKS + ".burst");
		browser.until("all answers", () -> browser.findAll("#log tr").size() == 15);
		for (String scheme : List.of("light", "dark")) {
			browser.screen(1100, 800, scheme);
			Thread.sleep(Duration.ofSeconds(1).toMillis());
			browser.screenshot("desktop-" + scheme);
		}
		browser.screen(1280, 900, "dark");
		browser.click("#replace-key");
		browser.screenshot("desktop-dark-confirm");
		assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
		assertThat(browser.complaints()).isEmpty();
	}

	private void visit(int width, int height, String scheme) {
		browser.visit(sample.address("/"), width, height, scheme);
		browser.until("the endpoints", () -> !browser.findAll(".endpoint").isEmpty());
	}

	private void signUp(String username) {
		fillIn(username, username + "@example.org", "correct horse");
		browser.click("#signup [type=submit]");
		browser.until("a key", () -> browser.text("#api-key").startsWith("tsk_"));
	}

	private void fillIn(String username, String email, String password) {
		browser.type("#signup-username", username);
		browser.type("#signup-email", email);
		browser.type("#signup-password", password);
	}

	private List<String> statuses() {
		return browser.findAll("#log td.status b").stream().map(WebElement::getText).toList();
	}

}
