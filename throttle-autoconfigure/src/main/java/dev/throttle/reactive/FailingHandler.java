package dev.throttle.reactive;

import java.lang.reflect.Method;

import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Takes the place of a handler that is not called, and throws the reason. From then on,
 * it has the bean whose exception handlers are to answer.
 */
final class FailingHandler extends HandlerMethod {

	private static final Method FAIL = ClassUtils.getMethod(Failure.class, "fail");

	private final Object bean;

	private final Class<?> beanType;

	private final Failure failure;

	/**
	 * Create a handler that has the exception handlers of a bean, and those of the
	 * advices that apply to its class.
	 */
	static FailingHandler of(Object bean, Class<?> beanType, Throwable reason) {
		return new FailingHandler(bean, beanType, new Failure(reason));
	}

	/**
	 * Create a handler that only has the exception handlers of the advices that apply to
	 * every class.
	 */
	static FailingHandler ofNoBean(Throwable reason) {
		Failure failure = new Failure(reason);
		return new FailingHandler(failure, Failure.class, failure);
	}

	private FailingHandler(Object bean, Class<?> beanType, Failure failure) {
		super(failure, FAIL);
		this.bean = bean;
		this.beanType = beanType;
		this.failure = failure;
	}

	@Override
	public Object getBean() {
		return this.failure.thrown ? this.bean : super.getBean();
	}

	@Override
	@SuppressWarnings("ConstantValue")
	public Class<?> getBeanType() {
		// The constructor of the superclass calls this method.
		return (this.failure != null && this.failure.thrown) ? this.beanType : super.getBeanType();
	}

	/**
	 * A bean with one method, which throws.
	 */
	static final class Failure {

		private final Throwable reason;

		private volatile boolean thrown;

		private Failure(Throwable reason) {
			this.reason = reason;
		}

		public void fail() throws Throwable {
			this.thrown = true;
			throw this.reason;
		}

	}

}
