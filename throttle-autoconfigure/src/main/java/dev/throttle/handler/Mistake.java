package dev.throttle.handler;

import java.util.Locale;

/**
 * A kind of mistake in the configuration, which stops the start. One page explains all of
 * them, each under its own anchor.
 *
 * @since 1.0.0
 */
public enum Mistake {

	/** An annotation that no request and no call reads, or that declares nothing. */
	ANNOTATION_WITHOUT_EFFECT,

	/** Two annotations or attributes of which only one can be meant. */
	CONTRADICTORY_ANNOTATIONS,

	/** Two properties of which only one can be meant. */
	CONTRADICTORY_PROPERTIES,

	/** Two limits that would count one request under the same scope. */
	COUNTED_TWICE,

	/** Forwarded headers that are read by the server or a filter and by Throttle. */
	FORWARDED_HEADERS_READ_TWICE,

	/** A cost that is not positive, missing, or above its limit. */
	INVALID_COST,

	/** An expression that is not valid, or names no parameter. */
	INVALID_EXPRESSION,

	/** A name of a scope or plan with characters that are not allowed. */
	INVALID_NAME,

	/** A path or path pattern that is not valid, or a path that is taken. */
	INVALID_PATH,

	/** Clients or authorities of a plan that are not valid. */
	INVALID_PLAN_MEMBER,

	/** Addresses or networks of proxies that are not valid, or too wide. */
	INVALID_PROXIES,

	/** A rate that cannot be read, or is not allowed where it is. */
	INVALID_RATE,

	/** A value of a property that is out of range or not one of its values. */
	INVALID_VALUE,

	/** A method that counts calls although its bean is not intercepted. */
	METHOD_NOT_INTERCEPTED,

	/** A property that needs a library that is not on the class path. */
	MISSING_DEPENDENCY,

	/** Secrets or idents that would be hashed with a key that each instance makes up. */
	MISSING_HASH_SECRET,

	/** A property without which another one is incomplete. */
	MISSING_PROPERTY,

	/** Tables or functions of the database that are missing, too old or forbidden. */
	MISSING_TABLES,

	/** A backend that needs a data source, or one of several. */
	NO_DATA_SOURCE,

	/** A backend that needs a connection factory of Redis that Throttle can use. */
	NO_REDIS_CONNECTION,

	/** Rates that are set in an application that throttles nothing. */
	NOTHING_THROTTLED,

	/** An outgoing limit that is used for something else. */
	OUTGOING_SCOPE,

	/** A plan that no client can have. */
	PLAN_WITHOUT_CLIENTS,

	/** A plan that changes no rate. */
	PLAN_WITHOUT_RATES,

	/** A property whose value nothing would read. */
	PROPERTY_WITHOUT_EFFECT,

	/** A scope that is used but has no rate. */
	SCOPE_WITHOUT_RATE,

	/** A throttle bean where it applies to nothing. */
	THROTTLE_WITHOUT_EFFECT,

	/** A client that two plans claim. */
	TWO_PLANS,

	/** A scope whose rate is set in two places. */
	TWO_RATES,

	/** Two spellings of one name. */
	TWO_SPELLINGS,

	/** A bean that is named as a backend, but does not exist or is not one. */
	UNKNOWN_BACKEND,

	/** A property that does not exist. */
	UNKNOWN_PROPERTY,

	/** A bean that is named as a throttle, but does not exist or is not one. */
	UNKNOWN_THROTTLE,

	/** A placeholder without a value. */
	UNRESOLVED_PLACEHOLDER,

	/** An address header that anybody could send. */
	UNTRUSTED_ADDRESS_HEADER,

	/** A backend bean that no throttle names. */
	UNUSED_BACKEND,

	/** A rate that nothing counts under. */
	UNUSED_RATE,

	/** A limit by user in the filter, where nobody has logged in yet. */
	USER_BEFORE_AUTHENTICATION;

	/** The page that explains them. */
	static final String PAGE = "https://throttle.dev/errors";

	/**
	 * Return the anchor of this kind on the page.
	 * @return the anchor
	 */
	public String anchor() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Add the link to the explanation of this kind.
	 * @param action what to write instead
	 * @return the action, followed by the link
	 */
	public String withLink(String action) {
		return action + " See " + PAGE + "#" + anchor();
	}

}
