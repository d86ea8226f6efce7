package dev.throttle.sample;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.List;

import javax.sql.DataSource;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that is away is not taken for a wrong password.
 */
@Tag("integration")
class OutageTests {

	@Test
	void whatNeedsTheDatabaseIsAnsweredThatItIsAway() throws Exception {
		try (Sample sample = Sample.start("--spring.datasource.hikari.maximum-pool-size=2",
				"--spring.datasource.hikari.connection-timeout=250")) {
			Developer ada = Developer.signUp(sample.visitor(), "ada");
			Visitor account = ada.withAccessToken();
			DataSource database = sample.context().getBean(DataSource.class);
			try (Connection one = database.getConnection(); Connection other = database.getConnection()) {
				assertThat(one).as("all that there are").isNotSameAs(other);
				for (HttpResponse<String> answer : List.of(ada.login(),
						Developer.login(sample.visitor(), "ada", "wrong"), account.get("/users/api-key"),
						account.send("PUT", "/users/api-key"))) {
					assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
					assertThat(answer.headers().allValues("Content-Type")).containsExactly("application/problem+json");
					assertThat(answer.body()).doesNotContain("wrong", "Exception", "Hikari");
				}
				assertThat(sample.visitor().get("/ping").statusCode()).isEqualTo(200);
			}
			assertThat(ada.login().statusCode()).isEqualTo(200);
			assertThat(Developer.login(sample.visitor(), "ada", "wrong").statusCode()).isEqualTo(401);
		}
	}

}
