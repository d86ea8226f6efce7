package dev.throttle.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for tests of a slice of the application, such as those with
 * {@code @WebMvcTest}. They are throttled like the application, and count in memory. A
 * rate that nothing in the slice uses does not stop the start.
 *
 * @since 1.0.0
 */
@AutoConfiguration(before = ThrottleAutoConfiguration.class)
public final class ThrottleSliceAutoConfiguration {

	@Bean
	TestSlice throttleTestSlice() {
		return new TestSlice();
	}

}
