package dev.throttle.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A process of this Java and this class path that answers lines with lines, and ends when
 * this one does.
 */
public final class JavaProcess implements AutoCloseable {

	private final Process process;

	private final PrintStream questions;

	private final BufferedReader answers;

	private JavaProcess(Process process) {
		this.process = process;
		this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
		this.answers = process.inputReader(StandardCharsets.UTF_8);
	}

	/**
	 * Start a process.
	 * @param options options of the Java virtual machine
	 * @param mainClass the class to run
	 * @param arguments the arguments
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static JavaProcess start(List<String> options, Class<?> mainClass, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-classpath", System.getProperty("java.class.path"), mainClass.getName()));
		command.addAll(Arrays.asList(arguments));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
		return new JavaProcess(process);
	}

	/**
	 * Ask the process and wait for its answer.
	 * @param question a line
	 * @return the next line that it writes
	 * @throws IOException if it writes none
	 */
	public String ask(String question) throws IOException {
		this.questions.println(question);
		String answer = this.answers.readLine();
		if (answer == null) {
			throw new IOException("A process ended at the question '" + question + "'");
		}
		return answer;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
