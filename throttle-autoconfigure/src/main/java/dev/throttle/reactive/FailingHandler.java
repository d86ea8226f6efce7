package dev.throttle.reactive;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * Takes the place of a handler that is not called, and throws the reason. From then on,
 * it has the bean whose exception handlers are to answer.
 */
final class FailingHandler extends HandlerMethod {

	private static final Method FAIL = ClassUtils.getMethod(Failure.class, "fail");

	private final Object bean;

	private final Class<?> beanType;

	private final Failure failure;

	private final @Nullable MediaType accepted;

	/**
	 * Create a handler that has the exception handlers of a bean, and those of the
	 * advices that apply to its class.
	 * @param accepted the only media type for which an exception handler is looked for;
	 * null for those that the client accepts
	 */
	static FailingHandler of(Object bean, Class<?> beanType, Throwable reason, @Nullable MediaType accepted) {
		return new FailingHandler(bean, beanType, new Failure(reason), accepted);
	}

	/**
	 * Create a handler that only has the exception handlers of the advices that apply to
	 * every class.
	 */
	static FailingHandler ofNoBean(Throwable reason) {
		Failure failure = new Failure(reason);
		return new FailingHandler(failure, Failure.class, failure, null);
	}

	private FailingHandler(Object bean, Class<?> beanType, Failure failure, @Nullable MediaType accepted) {
		super(failure, FAIL);
		this.bean = bean;
		this.beanType = beanType;
		this.failure = failure;
		this.accepted = accepted;
	}

	/**
	 * Return the exchange with which this handler is to be called.
	 */
	ServerWebExchange narrow(ServerWebExchange exchange) {
		MediaType accepted = this.accepted;
		return (accepted != null) ? exchange.mutate()
			.request((request) -> request.headers((headers) -> headers.setAccept(List.of(accepted))))
			.build() : exchange;
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
