package dev.throttle.benchmarks.memory;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.benchmarks.JavaProcess;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;

/**
 * A process for each contestant, in which it takes its turns.
 */
final class Processes implements AutoCloseable {

	private final Map<Contestant, JavaProcess> processes = new EnumMap<>(Contestant.class);

	private final String heap;

	Processes(String heap) {
		this.heap = heap;
	}

	/**
	 * Let contestants take their turns.
	 * @return the figures of each
	 */
	Map<Contestant, List<Samples>> turns(Rounds rounds, List<Contestant> contestants, Scenario scenario, int threads,
			int millis) throws Exception {
		Map<String, Rounds.Contestant> running = new LinkedHashMap<>();
		for (Contestant contestant : contestants) {
			running.put(contestant.name(), () -> ask(contestant, scenario + " " + threads + " " + millis));
		}
		Map<Contestant, List<Samples>> measured = new EnumMap<>(Contestant.class);
		rounds.run(running).forEach((name, samples) -> measured.put(Contestant.valueOf(name), samples));
		return measured;
	}

	private double[] ask(Contestant contestant, String question) throws IOException {
		JavaProcess process = this.processes.get(contestant);
		if (process == null) {
			process = JavaProcess.start(List.of("-Xmx" + this.heap), ContestantMain.class, contestant.name());
			this.processes.put(contestant, process);
		}
		return Arrays.stream(process.ask(question).split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
	}

	@Override
	public void close() {
		this.processes.values().forEach(JavaProcess::close);
	}

}
