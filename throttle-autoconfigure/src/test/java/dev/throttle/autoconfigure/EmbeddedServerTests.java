package dev.throttle.autoconfigure;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.embedded.jetty.JettyServletWebServerFactory;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EmbeddedServer} with real servers.
 */
@Tag("integration")
class EmbeddedServerTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new);

	@Test
	void customizerOfJettyIsFound() {
		this.runner.withBean(JettyServletWebServerFactory.class, () -> {
			JettyServletWebServerFactory factory = new JettyServletWebServerFactory(0);
			factory.addServerCustomizers((server) -> {
				for (Connector connector : server.getConnectors()) {
					connector.getConnectionFactory(HttpConfiguration.ConnectionFactory.class)
						.getHttpConfiguration()
						.addCustomizer(new ForwardedRequestCustomizer());
				}
			});
			return factory;
		})
			.run((context) -> assertThat(EmbeddedServer.rewritingComponent(context.getSourceApplicationContext()))
				.isEqualTo("org.eclipse.jetty.server.ForwardedRequestCustomizer"));
	}

	@Test
	void serversThatRewriteNothingAreLeftAlone() {
		this.runner.withBean(JettyServletWebServerFactory.class, () -> new JettyServletWebServerFactory(0))
			.run((context) -> assertThat(EmbeddedServer.rewritingComponent(context.getSourceApplicationContext()))
				.isNull());
		this.runner.withBean(TomcatServletWebServerFactory.class, () -> new TomcatServletWebServerFactory(0))
			.run((context) -> assertThat(EmbeddedServer.rewritingComponent(context.getSourceApplicationContext()))
				.isNull());
		WebApplications.small().run((context) -> assertThat(EmbeddedServer.rewritingComponent(context)).isNull());
	}

}
