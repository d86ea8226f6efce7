package dev.throttle.sample;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The document that springdoc makes of the sample.
 */
@Tag("integration")
class OpenApiTests {

	@Test
	void documentIsValidAndShowsTheLimits() {
		try (Sample sample = Sample.start("--springdoc.api-docs.enabled=true")) {
			SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(sample.visitor().get("/v3/api-docs").body());
			assertThat(parsed.getMessages()).isEmpty();
			Paths paths = parsed.getOpenAPI().getPaths();
			Operation downloads = paths.get("/downloads").getGet();
			assertThat(downloads.getDescription()).contains("- At most 5 requests in any minute (scope anon)",
					"- At most 10 requests in any minute and 100 in any day (scope user)",
					"- At most 3 in any minute (scope tenant, where it applies)",
					"- At most 4 requests in any minute (scope downloads); with the plan pro at most 8 requests in any minute")
				.doesNotContain("address", "login", "bytes");
			assertThat(downloads.getResponses().get("429").getHeaders()).containsKeys("Retry-After",
					"X-RateLimit-Reset", "RateLimit-Policy", "RateLimit");
			assertThat(paths.get("/uploads").getPost().getDescription())
				.contains("- At most 10000000 in any day (scope uploads-bytes, where it applies)");
			assertThat(paths.get("/ping").getGet().getResponses()).doesNotContainKey("429");
			assertThat(paths.get("/rate-limit").getGet().getResponses()).doesNotContainKey("429");
		}
	}

}
