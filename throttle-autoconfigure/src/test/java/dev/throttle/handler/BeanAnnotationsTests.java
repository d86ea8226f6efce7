package dev.throttle.handler;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.autoconfigure.WebApplications;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BeanAnnotations}.
 */
class BeanAnnotationsTests {

	private static final String PACKAGE = BeanAnnotationsTests.class.getName() + "$";

	private final WebApplicationContextRunner runner = WebApplications.small();

	@Test
	void methodOfAService() {
		assertRefused(this.runner.withBean(Service.class), "There is @Throttle on " + PACKAGE
				+ "Service#serve(String), which does not handle requests, but the application has no Spring AOP, so its calls cannot be intercepted.");
	}

	@Test
	void rateOfItsScopeIsNotBlamed() {
		assertRefused(this.runner.withBean(Service.class).withPropertyValues("throttle.rates.services=1/s"),
				"@Throttle on " + PACKAGE
						+ "Service#serve(String), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void classOfAService() {
		assertRefused(this.runner.withBean(ThrottledClass.class),
				"@Costly on " + PACKAGE + "ThrottledClass has no effect: no method of the class handles requests.");
	}

	@Test
	void methodThatIsInherited() {
		assertRefused(this.runner.withBean(SubService.class), PACKAGE
				+ "Service#serve(String), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void methodBehindAProxyOfItsInterface() {
		assertRefused(this.runner.withBean("proxied", Served.class, () -> {
			ProxyFactory proxy = new ProxyFactory(new ServedService());
			proxy.setInterfaces(Served.class);
			return (Served) proxy.getProxy();
		}), PACKAGE + "Served#served(), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void methodBehindAProxyOfItsClass() {
		assertRefused(this.runner.withBean("proxied", Service.class, () -> {
			ProxyFactory proxy = new ProxyFactory(new Service());
			proxy.setProxyTargetClass(true);
			return (Service) proxy.getProxy();
		}), PACKAGE + "Service#serve(String), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void methodOfALazyBeanWhichIsNotCreated() {
		assertRefused(this.runner.withBean("lazy", Service.class, () -> {
			throw new AssertionError("created");
		}, (definition) -> definition.setLazyInit(true)), PACKAGE
				+ "Service#serve(String), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void methodOfWhatAFactoryMakes() {
		assertRefused(this.runner.withBean(ServiceFactory.class), PACKAGE
				+ "Service#serve(String), which does not handle requests, but the application has no Spring AOP");
	}

	@Test
	void beanMethodOfRoutes() {
		assertRefused(this.runner.withUserConfiguration(ThrottledRoutes.class), "@Throttle on " + PACKAGE
				+ "ThrottledRoutes#routes() has no effect: functional routes ignore it and use the default throttles. Remove it. To give the routes a scope, use ScopedRoutes.");
		assertRefused(this.runner.withUserConfiguration(UnthrottledRoutes.class),
				"Add the paths of the routes to 'throttle.exclude-paths' instead.");
	}

	@Test
	void methodOfAControllerThatIsNotMapped() {
		assertRefused(this.runner.withBean(Unmapped.class), "@Unthrottled on " + PACKAGE
				+ "Unmapped#get() has no effect: the method does not handle requests. Map the method, for example with @GetMapping, or remove the annotation.");
	}

	@Test
	void serviceOfAChildContext() {
		this.runner.run((parent) -> new WebApplicationContextRunner().withParent(parent)
			.withBean(Service.class)
			.run((child) -> assertThat(child).getFailure()
				.hasMessageContaining(PACKAGE
						+ "Service#serve(String), which does not handle requests, but calls are intercepted only in the application's main context")));
	}

	@Test
	void whatHandlersInheritIsRead() {
		this.runner.withBean(GenericHandlers.class)
			.withBean(ClassHandlers.class)
			.withBean(SubHandlers.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void interfaceThatClientsAndHandlersShareIsLeftAlone() {
		this.runner
			.withBean("client", Contract.class,
					() -> (Contract) Proxy.newProxyInstance(Contract.class.getClassLoader(),
							new Class<?>[] { Contract.class }, (proxy, method, arguments) -> null))
			.withBean("exchange", Exchange.class, () -> () -> {
			})
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void assertRefused(WebApplicationContextRunner runner, String message) {
		runner.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.hasMessageContaining(message));
	}

	@Throttle(rate = "1/s")
	@Retention(RetentionPolicy.RUNTIME)
	@interface Costly {

	}

	static class Service {

		@Throttle(scope = "services")
		public void serve(String name) {
		}

	}

	static class SubService extends Service {

	}

	@Costly
	static class ThrottledClass {

	}

	interface Served {

		@Throttle(rate = "1/s")
		void served();

	}

	static class ServedService implements Served {

		@Override
		public void served() {
		}

	}

	static class ServiceFactory implements FactoryBean<Service> {

		@Override
		public Service getObject() {
			return new Service();
		}

		@Override
		public Class<?> getObjectType() {
			return Service.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThrottledRoutes {

		@Bean
		@Throttle(scope = "routes")
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().build()).build();
		}

	}

	@Configuration
	static class UnthrottledRoutes {

		@Bean
		@Unthrottled
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().build()).build();
		}

	}

	@Controller
	static class Unmapped {

		@Unthrottled
		void get() {
		}

	}

	interface Generic<T> {

		@PostMapping("/generic")
		@Throttle(rate = "1/s")
		void post(T body);

	}

	@RestController
	static class GenericHandlers implements Generic<String> {

		@Override
		public void post(String body) {
		}

	}

	@Unthrottled
	abstract static class Base {

		@GetMapping("/base")
		@Throttle(rate = "1/s")
		void get() {
		}

	}

	@RestController
	static class ClassHandlers extends Base {

		@GetMapping("/class")
		void other() {
		}

	}

	@RestController
	static class SubHandlers extends Base {

		@Override
		@GetMapping("/sub")
		void get() {
		}

	}

	interface Contract {

		@GetMapping("/contract")
		@Throttle(rate = "1/s")
		void get();

	}

	@Throttle(rate = "1/s")
	interface Exchange {

		@GetExchange("/exchange")
		void get();

	}

}
