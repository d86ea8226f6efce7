package dev.throttle.benchmarks;

/**
 * A part of the benchmarks.
 */
public interface Benchmark {

	/**
	 * Run the part.
	 * @param options the options
	 * @return what it measured
	 * @throws Exception if something fails
	 */
	Report run(Options options) throws Exception;

}
