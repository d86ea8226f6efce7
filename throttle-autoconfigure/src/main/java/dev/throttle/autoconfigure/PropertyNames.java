package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.handler.DidYouMean;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The names of the properties under {@code throttle}.
 */
final class PropertyNames {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("throttle");

	private static final int CHARACTERS_PER_MISTAKE = 4;

	private PropertyNames() {
	}

	static boolean isOurs(ConfigurationPropertyName name) {
		return PREFIX.isAncestorOf(name);
	}

	/**
	 * Return whether an unknown property may have been meant as one of ours: it is named
	 * like one, stands in a group of ours, or has a rate.
	 */
	static boolean mayBeOurs(ConfigurationProperty unknown) {
		ConfigurationPropertyName name = unknown.getName();
		return !near(name).isEmpty() || known()
			.anyMatch((property) -> isGroup(property.name.getParent()) && property.name.getParent().isAncestorOf(name))
				|| isRate(String.valueOf(unknown.getValue()));
	}

	private static boolean isGroup(ConfigurationPropertyName name) {
		return name.getNumberOfElements() > PREFIX.getNumberOfElements();
	}

	private static boolean isRate(String value) {
		try {
			return !Rate.parseAll(value).isEmpty();
		}
		catch (InvalidRateException ex) {
			return false;
		}
	}

	/**
	 * Return the property that was probably meant, by its spelling or else by its last
	 * part, empty for none.
	 */
	static String near(ConfigurationPropertyName name) {
		String written = name.toString();
		int mistakes = Math.max(2, (written.length() - "throttle.".length()) / CHARACTERS_PER_MISTAKE);
		List<String> candidates = known().map((property) -> property.like(name)).toList();
		return DidYouMean.nearest(written, candidates, mistakes)
			.orElseGet(() -> known().map((property) -> property.name)
				.filter((known) -> last(known).equals(last(name)))
				.map(ConfigurationPropertyName::toString)
				.findFirst()
				.orElse(""));
	}

	/**
	 * Return all names for a reader.
	 */
	static String list() {
		return known().map(Property::toString).sorted().collect(Collectors.joining(", "));
	}

	private static String last(ConfigurationPropertyName name) {
		return name.getLastElement(Form.UNIFORM);
	}

	private static Stream<Property> known() {
		return known(PREFIX, ThrottleProperties.class);
	}

	private static Stream<Property> known(ConfigurationPropertyName prefix, Class<?> type) {
		return Stream.of(BeanUtils.getPropertyDescriptors(type))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap((property) -> {
				ConfigurationPropertyName name = prefix.append(DataObjectPropertyName.toDashedForm(property.getName()));
				Class<?> propertyType = property.getPropertyType();
				return (propertyType.getEnclosingClass() == ThrottleProperties.class && !propertyType.isEnum())
						? known(name, propertyType) : Stream.of(new Property(name, propertyType));
			});
	}

	private record Property(ConfigurationPropertyName name, Class<?> type) {

		/**
		 * Return this name, with the key or index that the written one has.
		 */
		String like(ConfigurationPropertyName written) {
			boolean hasElements = Map.class.isAssignableFrom(this.type) || Collection.class.isAssignableFrom(this.type);
			int length = this.name.getNumberOfElements();
			return (hasElements && written.getNumberOfElements() > length)
					? this.name.append(written.subName(length)).toString() : this.name.toString();
		}

		@Override
		public String toString() {
			return "'" + this.name + (Map.class.isAssignableFrom(this.type) ? ".<scope>" : "") + "'";
		}

	}

}
