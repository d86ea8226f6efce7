package dev.throttle.sample.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.throttle.sample.Programs;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium with an empty profile, where the machine has one.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ChromeDriver driver;

	private final Path profile;

	private Browser(ChromeDriver driver, Path profile) {
		this.driver = driver;
		this.profile = profile;
	}

	static Browser open() {
		Path chromium = Programs.require("chromium", "chromium-browser", "google-chrome");
		Path chromedriver = Programs.require("chromedriver");
		try {
			Path profile = Files.createTempDirectory("browser");
			return new Browser(start(chromium, chromedriver, profile), profile);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ChromeDriver start(Path chromium, Path chromedriver, Path profile) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--hide-scrollbars", "--no-proxy-server", "--lang=en",
				"--user-data-dir=" + profile);
		LoggingPreferences logging = new LoggingPreferences();
		logging.enable(LogType.BROWSER, java.util.logging.Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile())
			.usingAnyFreePort()
			.withSilent(true)
			.build();
		return new ChromeDriver(service, options);
	}

	/**
	 * Go to that address, as a screen of that size in CSS pixels that prefers that colour
	 * scheme.
	 */
	void visit(String address, int width, int height, String scheme) {
		screen(width, height, scheme);
		this.driver.get(address);
	}

	void screen(int width, int height, String scheme) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	WebElement find(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	List<WebElement> findAll(String selector) {
		return this.driver.findElements(By.cssSelector(selector));
	}

	/**
	 * Return what is read at the selector, or an empty string where nothing is shown
	 * there.
	 */
	String text(String selector) {
		return String.valueOf(script("return document.querySelector(arguments[0])?.innerText.trim() ?? ''", selector));
	}

	void click(String selector) {
		until(selector + " can be clicked", () -> find(selector).isDisplayed() && find(selector).isEnabled());
		find(selector).click();
	}

	void type(String selector, String text) {
		until(selector + " is shown", () -> find(selector).isDisplayed());
		find(selector).clear();
		find(selector).sendKeys(text);
	}

	@Nullable Object script(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	void until(String what, Supplier<Boolean> condition) {
		new WebDriverWait(this.driver, PATIENCE, Duration.ofMillis(50)).withMessage(what)
			.until((driver) -> condition.get());
	}

	/**
	 * Return the errors in the console, such as those of scripts and of the content
	 * security policy, but for answers with a status from 400 to 499.
	 */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue())
			.map(LogEntry::getMessage)
			.filter((message) -> !message.contains("the server responded with a status of 4"))
			.toList();
	}

	/**
	 * Write the whole page, as it is now, to {@code target/screenshots}.
	 */
	void screenshot(String name) {
		try {
			Path directory = Files.createDirectories(Path.of("target", "screenshots"));
			Object image = this.driver
				.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
				.get("data");
			Files.write(directory.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(image)));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
		try {
			FileSystemUtils.deleteRecursively(this.profile);
		}
		catch (IOException ex) {
			this.profile.toFile().deleteOnExit();
		}
	}

}
