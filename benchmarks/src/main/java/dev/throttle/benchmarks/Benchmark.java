package dev.throttle.benchmarks;

import java.util.Set;

/**
 * A part of the benchmarks.
 */
public interface Benchmark {

	/**
	 * Return the options that the part has beside that for the results.
	 * @return the names
	 */
	Set<String> options();

	/**
	 * Run the part.
	 * @param options the options
	 * @return what it measured
	 * @throws Exception if something fails
	 */
	Report run(Options options) throws Exception;

}
