package dev.throttle.sample.browser;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.throttle.sample.Sample;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code rate-limit-aware-fetch.js} against a fetch that answers as it is told and a
 * clock that is moved by hand. The cases are in
 * {@code static/browser-tests/fetch-cases.js}.
 */
@Tag("integration")
class RateLimitAwareFetchTests {

	@TestFactory
	Stream<DynamicTest> cases() {
		List<Map<String, String>> results;
		try (Browser browser = Browser.open();
				Sample sample = Sample.startInRealTime("--logging.level.org.openqa.selenium=error")) {
			browser.visit(sample.address("/browser-tests/fetch.html"), 800, 600, "light");
			browser.until("all cases have run", () -> browser.script("return window.caseResults") != null);
			results = results(browser);
		}
		assertThat(results).isNotEmpty();
		return results.stream().map(RateLimitAwareFetchTests::test);
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, String>> results(Browser browser) {
		return (List<Map<String, String>>) browser.script("return window.caseResults");
	}

	private static DynamicTest test(Map<String, String> result) {
		return DynamicTest.dynamicTest(result.get("name"), () -> assertThat(result.get("failure")).isNull());
	}

}
