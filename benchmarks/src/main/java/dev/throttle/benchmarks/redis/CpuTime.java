package dev.throttle.benchmarks.redis;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;

/**
 * The CPU time that has been used so far. Other work on the machine counts for less in it
 * than in the time that passes.
 *
 * @param serverMicros the server's, in microseconds
 * @param clientMicros this process's, in microseconds
 */
record CpuTime(double serverMicros, double clientMicros) {

	private static final Pattern USED = Pattern.compile("used_cpu_(?:user|sys):([\\d.]+)");

	static CpuTime now(Limiters limiters) {
		Matcher used = USED.matcher(limiters.connection().sync().info("cpu"));
		double seconds = 0;
		while (used.find()) {
			seconds += Double.parseDouble(used.group(1));
		}
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		return new CpuTime(seconds * 1e6, system.getProcessCpuTime() / 1e3);
	}

}
