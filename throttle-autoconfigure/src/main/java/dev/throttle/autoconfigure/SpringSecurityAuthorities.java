package dev.throttle.autoconfigure;

import java.lang.reflect.Method;
import java.security.Principal;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The authorities that Spring Security gives a user. They are read by reflection, because
 * the library does not depend on it.
 */
final class SpringSecurityAuthorities {

	/** What only classes of Spring Security implement, in each class loader. */
	private static final ClassValue<Getter> GRANTED_TO = getter("org.springframework.security.core.Authentication",
			"getAuthorities");

	private static final ClassValue<Getter> NAME = getter("org.springframework.security.core.GrantedAuthority",
			"getAuthority");

	private SpringSecurityAuthorities() {
	}

	/**
	 * Return the authorities of a user.
	 * @param principal the user
	 * @return the names of the authorities; none if the user is not one of Spring
	 * Security
	 */
	static Set<String> of(Principal principal) {
		Set<String> names = new HashSet<>();
		if (GRANTED_TO.get(principal.getClass()).get(principal) instanceof Collection<?> authorities) {
			authorities.forEach((authority) -> {
				if (NAME.get(authority.getClass()).get(authority) instanceof String name) {
					names.add(name);
				}
			});
		}
		return names;
	}

	private static ClassValue<Getter> getter(String type, String method) {
		return new ClassValue<>() {

			@Override
			protected Getter computeValue(Class<?> implementation) {
				return ClassUtils.getAllInterfacesForClassAsSet(implementation)
					.stream()
					.filter((implemented) -> implemented.getName().equals(type))
					.findFirst()
					.map((found) -> new Getter(ClassUtils.getMethod(found, method)))
					.orElse(new Getter(null));
			}

		};
	}

	/**
	 * A method without arguments, null if a class does not have it.
	 */
	private record Getter(@Nullable Method method) {

		@Nullable Object get(Object target) {
			return (this.method != null) ? ReflectionUtils.invokeMethod(this.method, target) : null;
		}

	}

}
