package dev.throttle;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A unit of the limit in a rate that counts bytes, each 1024 times the one before.
 */
enum ByteUnit {

	B(1),

	KB(1L << 10),

	MB(1L << 20),

	GB(1L << 30),

	TB(1L << 40);

	static final List<ByteUnit> LARGEST_FIRST = List.of(TB, GB, MB, KB, B);

	private final long bytes;

	ByteUnit(long bytes) {
		this.bytes = bytes;
	}

	long bytes() {
		return this.bytes;
	}

	static @Nullable ByteUnit of(String name) {
		for (ByteUnit unit : values()) {
			if (unit.name().equals(name)) {
				return unit;
			}
		}
		return null;
	}

	/**
	 * Return a number of bytes with the largest unit that fits.
	 */
	static String text(long bytes) {
		for (ByteUnit unit : LARGEST_FIRST) {
			if (bytes > 0 && bytes % unit.bytes() == 0) {
				return bytes / unit.bytes() + unit.name();
			}
		}
		return bytes + B.name();
	}

	static String known() {
		return Arrays.stream(values()).map(ByteUnit::name).collect(Collectors.joining(", "));
	}

}
