package dev.throttle.engine;

import java.util.List;

import dev.throttle.Quota;
import dev.throttle.backend.CacheBackend;

/**
 * The quotas that one throttle asks.
 *
 * @param throttle the throttle's place in the plan
 * @param backend the backend that counts for it
 * @param quotas the quotas, at least one
 * @param shadow whether the quotas are shadows
 */
record Inquiry(int throttle, CacheBackend backend, List<Quota> quotas, boolean shadow) {
}
