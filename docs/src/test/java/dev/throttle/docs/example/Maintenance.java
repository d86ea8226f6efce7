package dev.throttle.docs.example;

/**
 * A time of maintenance.
 */
public interface Maintenance {

	/**
	 * Return whether it is now.
	 * @return whether it is
	 */
	boolean isOpen();

}
