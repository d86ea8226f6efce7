package dev.throttle.test.context;

import java.time.Instant;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;

/**
 * Lets each test method begin with nothing used, and switches throttling off for methods
 * that ask for it.
 */
class ThrottleTestExecutionListener implements TestExecutionListener, Ordered {

	private static final String OFF = ThrottleTestExecutionListener.class.getName() + ".off";

	/**
	 * Return an order after the injection of dependencies (2000), and before transactions
	 * (4000) and SQL scripts (5000).
	 */
	@Override
	public int getOrder() {
		return 3500;
	}

	@Override
	public void beforeTestMethod(TestContext test) {
		if (!test.hasApplicationContext()) {
			return;
		}
		ApplicationContext context = test.getApplicationContext();
		ThrottleTest ofClass = TestContextAnnotationUtils.findMergedAnnotation(test.getTestClass(), ThrottleTest.class);
		ThrottleTest ofMethod = AnnotatedElementUtils.findMergedAnnotation(test.getTestMethod(), ThrottleTest.class);
		if (ofClass != null && ofClass.enabled()) {
			checkBackends(context);
		}
		if (all(ThrottleTest::reset, ofClass, ofMethod)) {
			reset(context);
		}
		if (ofMethod != null) {
			context.getBeanProvider(ThrottleEngine.class)
				.ifAvailable((engine) -> apply(ofMethod.enabled(), engine, test));
		}
	}

	private static void checkBackends(ApplicationContext context) {
		String[] remote = context.getBeanNamesForType(RemoteCacheBackend.class, true, false);
		if (remote.length > 0) {
			throw new IllegalStateException("The beans " + Arrays.toString(remote)
					+ " count outside this process, where @ThrottleTest can neither move the clock nor reset what was used. Replace each in the test by a MemoryCacheBackend of the same name, or remove @ThrottleTest.");
		}
	}

	private static boolean all(Predicate<ThrottleTest> condition, @Nullable ThrottleTest... annotations) {
		return Stream.of(annotations).allMatch((annotation) -> annotation == null || condition.test(annotation));
	}

	private static void reset(ApplicationContext context) {
		context.getBeanProvider(ThrottleClock.class).ifAvailable((clock) -> clock.set(Instant.EPOCH));
		context.getBeanProvider(MemoryCacheBackend.class).stream().forEach(MemoryCacheBackend::clear);
		context.getBeanProvider(RateRegistry.class).ifAvailable((rates) -> {
			if (!rates.isShared()) {
				rates.removeOverrides();
			}
		});
	}

	private static void apply(boolean isEnabled, ThrottleEngine engine, TestContext test) {
		if (isEnabled && engine.isOff()) {
			throw new IllegalStateException("@ThrottleTest on " + test.getTestMethod()
					+ " cannot switch limits on, because they are off for its class. Put @ThrottleTest(enabled = false) on the other methods instead.");
		}
		if (!isEnabled && !engine.isOff()) {
			engine.setOff(true);
			test.setAttribute(OFF, engine);
		}
	}

	@Override
	public void afterTestMethod(TestContext test) {
		if (test.removeAttribute(OFF) instanceof ThrottleEngine engine) {
			engine.setOff(false);
		}
	}

}
