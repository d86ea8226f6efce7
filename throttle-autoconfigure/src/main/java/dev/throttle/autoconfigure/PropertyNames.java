package dev.throttle.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.InvalidRateException;
import dev.throttle.Rate;
import dev.throttle.handler.DidYouMean;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The names of the properties under {@code throttle}.
 */
final class PropertyNames {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("throttle");

	private static final ConfigurationPropertyName SCOPES = PREFIX.append("scopes");

	private static final ConfigurationPropertyName PLANS = PREFIX.append("plans");

	private static final ConfigurationPropertyName OUTGOING = PREFIX.append("outgoing");

	/** The properties of a scope, by their uniform names. */
	private static final Map<String, String> OF_SCOPE = belowKeys(ScopeProperties.class);

	/** The properties of a plan, by their uniform names. */
	private static final Map<String, String> OF_PLAN = belowKeys(PlanProperties.class);

	/** The properties of a limit of calls that go out, by their uniform names. */
	private static final Map<String, String> OF_OUTGOING = belowKeys(OutgoingProperties.class);

	private static final String ANY_SCOPE = "<scope>";

	private static final String ANY_PLAN = "<plan>";

	private static final String ANY_NAME = "<name>";

	private static final String RATES = "rates";

	private static final int CHARACTERS_PER_MISTAKE = 4;

	private PropertyNames() {
	}

	private static Map<String, String> belowKeys(Class<?> type) {
		return Stream.of(BeanUtils.getPropertyDescriptors(type))
			.map((property) -> DataObjectPropertyName.toDashedForm(property.getName()))
			.filter((name) -> !name.equals("class"))
			.collect(Collectors.toMap((name) -> name.replace("-", ""), (name) -> name));
	}

	static boolean isOurs(ConfigurationPropertyName name) {
		return PREFIX.isAncestorOf(name);
	}

	/**
	 * Return whether a property is one of ours, and not the application's.
	 */
	static boolean isKnown(ConfigurationPropertyName name) {
		return isOurs(name) && known().anyMatch((known) -> known.like(name).equals(name.toString()));
	}

	/**
	 * Return whether an unknown property may be a misspelling of one of ours: its name is
	 * similar, it is in one of our groups, or its value is a rate.
	 */
	static boolean isLikelyMisspelling(ConfigurationProperty unknown) {
		ConfigurationPropertyName name = unknown.getName();
		return !suggestion(name).isEmpty() || !replacement(unknown).isEmpty()
				|| known().map(Property::group).anyMatch((group) -> isGroup(group) && group.isAncestorOf(name))
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
	 * Return the property that was probably meant: one that this one is below, the one
	 * with the most similar name, or else one that ends with the same element; empty for
	 * none.
	 */
	static String suggestion(ConfigurationPropertyName name) {
		String written = name.toString();
		int mistakes = Math.max(2, (written.length() - "throttle.".length()) / CHARACTERS_PER_MISTAKE);
		List<String> candidates = known().map((property) -> property.like(name)).toList();
		return first(name, Property::isAbove).or(() -> DidYouMean.nearest(written, candidates, mistakes))
			.or(() -> first(name, (known, other) -> last(known.name).equals(last(other))))
			.orElse("");
	}

	private static Optional<String> first(ConfigurationPropertyName name,
			BiPredicate<Property, ConfigurationPropertyName> isMeant) {
		return known().filter((known) -> isMeant.test(known, name)).map((known) -> known.name.toString()).findFirst();
	}

	/**
	 * Return the names of the properties of a group, such as {@code redis}.
	 */
	static Stream<String> inGroup(String group) {
		ConfigurationPropertyName parent = PREFIX.append(group);
		return known().filter((property) -> property.group().equals(parent))
			.map((property) -> property.name.toString());
	}

	/**
	 * Return all names, for a message.
	 */
	static String list() {
		return known().map(Property::toString).sorted().collect(Collectors.joining(", "));
	}

	/**
	 * Return whether a property can only be a mistake. A group of scopes or plans may be
	 * empty, such as when everything below it is commented out.
	 */
	static boolean isImpossible(ConfigurationProperty property) {
		boolean isGroup = known().anyMatch((known) -> known.hasKeys() && known.name.equals(property.getName()));
		return !replacement(property).isEmpty() && !(isGroup && String.valueOf(property.getValue()).isBlank());
	}

	/**
	 * Return what to write instead of a property that cannot exist: a renamed one, one
	 * that names a scope below a property of all scopes, one of a scope or plan with dots
	 * and no brackets, a list of rates, or a plan's rate that is not below its rates.
	 * Empty for any other.
	 */
	static String replacement(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		if (PLANS.isAncestorOf(name)) {
			return ofPlan(property);
		}
		return SCOPES.isAncestorOf(name) ? ofScope(property) : renamed(property);
	}

	private static String renamed(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		int first = PREFIX.getNumberOfElements();
		int length = name.getNumberOfElements();
		// an environment variable has shadow-rate as two parts
		for (int last = length; last > first; last--) {
			String scope = (last == length || name.isNumericIndex(last)) ? ""
					: elements(name, last, length, Form.ORIGINAL, ".");
			String renamed = switch (elements(name, first, last, Form.UNIFORM, "")) {
				case "rates" -> (last == length) ? "'" + name + "." + ANY_SCOPE + "'" : "";
				case "scopes" -> (last == length) ? below(ANY_SCOPE, "rate") : "";
				case "outgoing" -> (last == length) ? "'" + ofOutgoing(ANY_NAME, "rate") + "'" : "";
				case "plans" -> (last == length) ? "'" + ofPlan(ANY_PLAN, RATES + "." + ANY_SCOPE) + "'" : "";
				case "headers" -> below(scope, "headers");
				case "onfailure", "redisonfailurebyscope" -> below(scope, "on-failure");
				case "redisonfailure" -> scope.isEmpty() ? "'throttle.on-failure'" : below(scope, "on-failure");
				case "shadowrate" -> below(scope.isEmpty() ? ANY_SCOPE : scope, "shadow-rate");
				case "shadowrates" -> scope.isEmpty() ? shadows(property) : below(scope, "shadow-rate");
				case "shadow" -> scope.isEmpty() ? shadows(property) : shadow(property, scope);
				default -> "";
			};
			if (!renamed.isEmpty()) {
				return renamed;
			}
		}
		return "";
	}

	private static String below(String scope, String property) {
		return scope.isEmpty() ? "" : "'" + ofScope(scope, property) + "'";
	}

	private static String shadow(ConfigurationProperty property, String scope) {
		return isRate(String.valueOf(property.getValue())) ? below(scope, "shadow-rate")
				: below(scope, "shadow=" + property.getValue());
	}

	/**
	 * Return what to write instead of a list of scopes whose rates are shadows. A rate in
	 * its place is meant for some scope.
	 */
	private static String shadows(ConfigurationProperty property) {
		if (isRate(String.valueOf(property.getValue()))) {
			return below(ANY_SCOPE, "shadow-rate");
		}
		return Stream.of(String.valueOf(property.getValue()).split(","))
			.map((scope) -> below(scope.trim(), "shadow=true"))
			.collect(Collectors.joining(" and "));
	}

	private static String ofScope(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		int first = SCOPES.getNumberOfElements();
		int length = name.getNumberOfElements();
		for (int last = first + 1; last < length; last++) {
			String known = OF_SCOPE.get(elements(name, last, length, Form.UNIFORM, ""));
			if (known != null && last > first + 1) {
				return "'" + (isVariable(property) ? variable(elements(name, first, last, Form.UNIFORM, ""), known)
						: ofScope(elements(name, first, last, Form.ORIGINAL, "."), known)) + "'";
			}
			if (known != null) {
				return "";
			}
		}
		return (length == first + 3 && name.isNumericIndex(length - 1) && last(name.getParent()).endsWith("rate"))
				? "the rates as one comma-separated value, such as '" + name.getParent() + "=60/min, 1000/day'," : "";
	}

	private static String ofPlan(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		int first = PLANS.getNumberOfElements();
		int length = name.getNumberOfElements();
		for (int at = first + 1; at < length; at++) {
			if (OF_PLAN.containsKey(name.getElement(at, Form.UNIFORM))) {
				return (at == first + 1) ? "" : ofPlan(property, at);
			}
		}
		if (length != first + 2 || !isRate(String.valueOf(property.getValue()))) {
			return "";
		}
		String scope = name.getElement(first + 1, Form.UNIFORM).equals("rate") ? ANY_SCOPE
				: name.getElement(first + 1, Form.ORIGINAL);
		return "'" + ofPlan(name.getElement(first, Form.ORIGINAL), RATES + "." + scope) + "'";
	}

	/**
	 * Return what to write instead of a property of a plan whose name has dots, and ends
	 * before an index.
	 */
	private static String ofPlan(ConfigurationProperty property, int end) {
		ConfigurationPropertyName name = property.getName();
		int first = PLANS.getNumberOfElements();
		int length = name.getNumberOfElements();
		return "'" + (isVariable(property)
				? ("THROTTLE_PLANS_" + elements(name, first, end, Form.UNIFORM, "") + "_"
						+ elements(name, end, length, Form.UNIFORM, "_"))
					.toUpperCase(Locale.ROOT)
				: ofPlan(elements(name, first, end, Form.ORIGINAL, "."),
						elements(name, end, length, Form.ORIGINAL, ".")))
				+ "'";
	}

	private static String variable(String scope, String property) {
		return ("THROTTLE_SCOPES_" + scope + "_" + property.replace("-", "")).toUpperCase(Locale.ROOT);
	}

	private static boolean isVariable(ConfigurationProperty property) {
		return property.getSource() != null
				&& property.getSource().getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	/**
	 * Return the name of a property of a scope. The scope is in brackets if it needs
	 * them.
	 */
	static String ofScope(String scope, String property) {
		return belowKey(SCOPES, scope, property);
	}

	/**
	 * Return the name of a property of a plan. The plan is in brackets if it needs them.
	 */
	static String ofPlan(String plan, String property) {
		return belowKey(PLANS, plan, property);
	}

	/**
	 * Return the name of a property of a limit of calls that go out. Its name is in
	 * brackets if it needs them.
	 */
	static String ofOutgoing(String name, String property) {
		return belowKey(OUTGOING, name, property);
	}

	private static String belowKey(ConfigurationPropertyName group, String key, String property) {
		boolean isPlain = key.matches("[A-Za-z0-9_-]+|<[a-z]+>");
		return group + (isPlain ? "." + key : "[" + key + "]") + "." + property;
	}

	private static String elements(ConfigurationPropertyName name, int from, int to, Form form, String separator) {
		return IntStream.range(from, to)
			.mapToObj((index) -> name.getElement(index, form))
			.collect(Collectors.joining(separator));
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
				if (name.equals(SCOPES) || name.equals(OUTGOING)) {
					return (name.equals(SCOPES) ? OF_SCOPE : OF_OUTGOING).values()
						.stream()
						.map((ofKey) -> new Property(name, propertyType, "." + ofKey));
				}
				if (name.equals(PLANS)) {
					return OF_PLAN.values()
						.stream()
						.map((ofPlan) -> new Property(name, propertyType,
								"." + ofPlan + (ofPlan.equals(RATES) ? "." : "")));
				}
				return isNested(propertyType) ? known(name, propertyType)
						: Stream.of(new Property(name, propertyType, ""));
			});
	}

	private static boolean isNested(Class<?> type) {
		return type.getPackageName().equals(ThrottleProperties.class.getPackageName()) && !type.isEnum();
	}

	/**
	 * A property, or a property below the keys of a map.
	 */
	private record Property(ConfigurationPropertyName name, Class<?> type, String belowKey) {

		ConfigurationPropertyName group() {
			return this.belowKey.isEmpty() ? this.name.getParent() : this.name;
		}

		/**
		 * Return whether a property is below this one, which has a value.
		 */
		boolean isAbove(ConfigurationPropertyName written) {
			return !hasKeys() && this.name.isAncestorOf(written);
		}

		boolean hasKeys() {
			return Map.class.isAssignableFrom(this.type);
		}

		/**
		 * Return this name with the key or index of the written one.
		 */
		String like(ConfigurationPropertyName written) {
			if (isOfNestedKeys()) {
				return likePlanRate(written);
			}
			boolean hasElements = hasKeys() || Collection.class.isAssignableFrom(this.type);
			int length = this.name.getNumberOfElements();
			if (!hasElements || written.getNumberOfElements() <= length) {
				return this.name.toString();
			}
			return this.belowKey.isEmpty() ? this.name.append(written.subName(length)).toString()
					: this.name.append(written.subName(length).chop(1)) + this.belowKey;
		}

		private String likePlanRate(ConfigurationPropertyName written) {
			int plan = this.name.getNumberOfElements();
			return (written.getNumberOfElements() <= plan + 2) ? this.name.toString()
					: this.name.append(written.getElement(plan, Form.ORIGINAL)) + this.belowKey
							+ written.subName(plan + 2);
		}

		private boolean isOfNestedKeys() {
			return this.belowKey.endsWith(".");
		}

		@Override
		public String toString() {
			String key = this.name.equals(PLANS) ? ANY_PLAN : this.name.equals(OUTGOING) ? ANY_NAME : ANY_SCOPE;
			return "'" + this.name + (hasKeys() ? "." + key : "") + this.belowKey + (isOfNestedKeys() ? ANY_SCOPE : "")
					+ "'";
		}

	}

}
