package dev.throttle.backend.redis;

import java.nio.file.Files;
import java.nio.file.Path;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Servers in Docker, where it answers.
 */
final class RedisContainers {

	static final String REDIS = "redis:7-alpine";

	static final String VALKEY = "valkey/valkey:8-alpine";

	private static final int PORT = 6379;

	private static final boolean ANSWER = ask();

	private RedisContainers() {
	}

	/**
	 * Return whether Docker answers. It is not looked for where nothing says that it is
	 * there, which takes seconds.
	 */
	static boolean answer() {
		return ANSWER;
	}

	private static boolean ask() {
		boolean expected = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"))
				|| Files.exists(Path.of(System.getProperty("user.home"), ".testcontainers.properties"))
				|| System.getProperty("os.name").startsWith("Windows");
		try {
			return expected && DockerClientFactory.instance().isDockerAvailable();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Start a server.
	 * @return the container, or null where Docker or the image is not to be had
	 */
	static GenericContainer<?> tryStart(String image) {
		if (!ANSWER) {
			return null;
		}
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(PORT);
		try {
			container.start();
			return container;
		}
		catch (RuntimeException ex) {
			System.out.println("No container of " + image + " can be started: " + ex);
			container.close();
			return null;
		}
	}

	static String uri(GenericContainer<?> container) {
		return "redis://" + container.getHost() + ":" + container.getMappedPort(PORT);
	}

}
