package dev.throttle.backend.memory;

/**
 * Lets tests in other packages say when void histories are dropped.
 */
public final class Sweeping {

	private Sweeping() {
	}

	/**
	 * Drop what is void now.
	 * @param backend where
	 */
	public static void sweep(MemoryCacheBackend backend) {
		backend.sweep();
	}

}
