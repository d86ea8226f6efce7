package dev.throttle.test.store;

import java.nio.file.Files;
import java.nio.file.Path;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * Servers in Docker, where it answers.
 */
public final class Containers {

	private static final boolean ANSWER = ask();

	private Containers() {
	}

	/**
	 * Return whether Docker answers. It is not looked for where nothing says that it is
	 * there, which takes seconds.
	 */
	public static boolean answer() {
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
	 * @return whether it was started, which it is not where Docker or the image is not to
	 * be had
	 */
	public static boolean tryStart(GenericContainer<?> container) {
		if (!ANSWER) {
			return false;
		}
		try {
			container.start();
			return true;
		}
		catch (RuntimeException ex) {
			System.out.println("No container of " + container.getDockerImageName() + " can be started: " + ex);
			container.close();
			return false;
		}
	}

}
