package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The document that springdoc makes, as clients get it.
 */
record OpenApiDocument(JsonNode json) {

	static OpenApiDocument of(RunningApplication application) {
		return of(application, "/v3/api-docs");
	}

	static OpenApiDocument of(RunningApplication application, String path) {
		try {
			return new OpenApiDocument(new ObjectMapper().readTree(application.caller().get(path).body()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void assertIsValid() {
		ParseOptions options = new ParseOptions();
		options.setResolve(true);
		assertThat(new OpenAPIV3Parser().readContents(this.json.toString(), null, options).getMessages()).isNullOrEmpty();
		assertThat(this.json.findValuesAsText("$ref")).isNotEmpty()
			.allSatisfy((reference) -> assertThat(this.json.at(reference.substring(1)).isObject()).as(reference).isTrue());
	}

	JsonNode operation(String method, String path) {
		JsonNode operation = this.json.path("paths").path(path).path(method);
		assertThat(operation.isObject()).as(method + " " + path).isTrue();
		return operation;
	}

	JsonNode denial(String method, String path) {
		return operation(method, path).path("responses").path("429");
	}

	String description(String method, String path) {
		return operation(method, path).path("description").asText();
	}

}
