package dev.throttle.backend.redis;

/**
 * That a server may be asked.
 *
 * @param breaker the server's breaker, which is told what came of it
 * @param node which server, empty where there is one or it is not known yet
 * @param epoch the breaker's epoch
 */
record Permit(Breaker breaker, String node, long epoch) {
}
