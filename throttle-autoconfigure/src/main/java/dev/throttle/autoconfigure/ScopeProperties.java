package dev.throttle.autoconfigure;

import java.time.ZoneId;
import java.util.List;

import dev.throttle.backend.remote.OnFailure;
import dev.throttle.web.CostUnit;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of one scope; null if not set.
 *
 * @since 1.0.0
 */
public class ScopeProperties {

	/**
	 * Rate, such as "100/hour", "100/15min" or "60/min, 1000/day", or "10MB/day" where
	 * bytes are counted. "unlimited" removes a rate that another source sets.
	 */
	private @Nullable String rate;

	/**
	 * Whether to only measure the rate, without enforcing it.
	 */
	private @Nullable Boolean shadow;

	/**
	 * Additional rate to measure without enforcing it.
	 */
	private @Nullable String shadowRate;

	/**
	 * How to answer requests of the scope while the store fails. By default, the value of
	 * "throttle.on-failure".
	 */
	private @Nullable OnFailure onFailure;

	/**
	 * Whether to include the scope in the rate limit headers and in the usage.
	 */
	private @Nullable Boolean headers;

	/**
	 * Status codes, such as "401", and classes of codes, such as "4xx", of the answers
	 * that count. By default, every request counts.
	 */
	private @Nullable List<String> countStatus;

	/**
	 * What to count. By default, requests.
	 */
	private @Nullable CostUnit cost;

	/**
	 * Number of bytes that a request takes until its size is known. By default, 64KB.
	 */
	private @Nullable DataSize reserve;

	/**
	 * Time zone of rates such as "10000/calendar-month". By default, the value of
	 * "throttle.calendar-zone".
	 */
	private @Nullable ZoneId zone;

	/**
	 * Whether code counts under the scope. Its limiter is then a bean with the name of
	 * the scope.
	 */
	private @Nullable Boolean inCode;

	public @Nullable String getRate() {
		return this.rate;
	}

	public void setRate(@Nullable String rate) {
		this.rate = rate;
	}

	public @Nullable Boolean getShadow() {
		return this.shadow;
	}

	public void setShadow(@Nullable Boolean shadow) {
		this.shadow = shadow;
	}

	public @Nullable String getShadowRate() {
		return this.shadowRate;
	}

	public void setShadowRate(@Nullable String shadowRate) {
		this.shadowRate = shadowRate;
	}

	public @Nullable OnFailure getOnFailure() {
		return this.onFailure;
	}

	public void setOnFailure(@Nullable OnFailure onFailure) {
		this.onFailure = onFailure;
	}

	public @Nullable Boolean getHeaders() {
		return this.headers;
	}

	public void setHeaders(@Nullable Boolean headers) {
		this.headers = headers;
	}

	public @Nullable List<String> getCountStatus() {
		return this.countStatus;
	}

	public void setCountStatus(@Nullable List<String> countStatus) {
		this.countStatus = countStatus;
	}

	public @Nullable CostUnit getCost() {
		return this.cost;
	}

	public void setCost(@Nullable CostUnit cost) {
		this.cost = cost;
	}

	public @Nullable DataSize getReserve() {
		return this.reserve;
	}

	public void setReserve(@Nullable DataSize reserve) {
		this.reserve = reserve;
	}

	public @Nullable ZoneId getZone() {
		return this.zone;
	}

	public void setZone(@Nullable ZoneId zone) {
		this.zone = zone;
	}

	public @Nullable Boolean getInCode() {
		return this.inCode;
	}

	public void setInCode(@Nullable Boolean inCode) {
		this.inCode = inCode;
	}

	/**
	 * Return these properties, with those that are not set taken from others.
	 */
	ScopeProperties over(ScopeProperties others) {
		ScopeProperties merged = new ScopeProperties();
		merged.rate = (this.rate != null) ? this.rate : others.rate;
		merged.shadow = (this.shadow != null) ? this.shadow : others.shadow;
		merged.shadowRate = (this.shadowRate != null) ? this.shadowRate : others.shadowRate;
		merged.onFailure = (this.onFailure != null) ? this.onFailure : others.onFailure;
		merged.headers = (this.headers != null) ? this.headers : others.headers;
		merged.countStatus = (this.countStatus != null) ? this.countStatus : others.countStatus;
		merged.cost = (this.cost != null) ? this.cost : others.cost;
		merged.inCode = (this.inCode != null) ? this.inCode : others.inCode;
		merged.reserve = (this.reserve != null) ? this.reserve : others.reserve;
		merged.zone = (this.zone != null) ? this.zone : others.zone;
		return merged;
	}

}
