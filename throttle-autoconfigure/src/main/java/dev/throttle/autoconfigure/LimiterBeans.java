package dev.throttle.autoconfigure;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.throttle.Scope;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Registers the limiter of each scope that is declared by
 * {@code throttle.scopes.<scope>.in-code} as a bean with the name of the scope. If
 * another bean has that name, {@code RateLimiter} is appended to it, unless that bean is
 * a limiter, which then takes the place. Ahead-of-time processing leaves them out,
 * because the scopes of the running application are the ones that count.
 */
final class LimiterBeans implements BeanDefinitionRegistryPostProcessor {

	private static final Pattern SEPARATED = Pattern.compile("[-_.]+(.)");

	private final Environment environment;

	private final ObjectProvider<RateLimiters> limiters;

	LimiterBeans(Environment environment, ObjectProvider<RateLimiters> limiters) {
		this.environment = environment;
		this.limiters = limiters;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		for (Scope scope : inCode()) {
			String name = beanName(scope);
			if (registry.isBeanNameInUse(name)) {
				if (isLimiter(registry, name)) {
					continue;
				}
				name += "RateLimiter";
			}
			RootBeanDefinition limiter = new RootBeanDefinition(RateLimiter.class,
					() -> this.limiters.getObject().scope(scope.name()));
			// at run time, they are registered again
			limiter.setAttribute(BeanRegistrationAotProcessor.IGNORE_REGISTRATION_ATTRIBUTE, true);
			limiter.setLazyInit(true);
			limiter.setResourceDescription("'" + PropertyNames.ofScope(scope.name(), "in-code") + "'");
			limiter.addQualifier(new AutowireCandidateQualifier(Qualifier.class, scope.name()));
			registry.registerBeanDefinition(name, limiter);
			if (!registry.isBeanNameInUse(scope.name())) {
				registry.registerAlias(name, scope.name());
			}
		}
	}

	private static boolean isLimiter(BeanDefinitionRegistry registry, String name) {
		Class<?> type = (registry instanceof BeanFactory beans) ? beans.getType(name, false) : null;
		return type != null && RateLimiter.class.isAssignableFrom(type);
	}

	private Set<Scope> inCode() {
		try {
			ThrottleProperties properties = Binder.get(this.environment)
				.bindOrCreate("throttle", ThrottleProperties.class);
			return new ConfiguredScopes(properties, this.environment).inCode();
		}
		catch (RuntimeException ex) {
			return Set.of(); // the bean of the properties reports it
		}
	}

	/**
	 * Return the name of a scope's bean: {@code api-key} is {@code apiKey}, as a
	 * parameter may be called.
	 */
	static String beanName(Scope scope) {
		return SEPARATED.matcher(scope.name()).replaceAll((word) -> word.group(1).toUpperCase(Locale.ROOT));
	}

}
