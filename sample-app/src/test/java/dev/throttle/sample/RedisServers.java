package dev.throttle.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import redis.embedded.RedisServer;

/**
 * Starts a real Redis, as a process of its own.
 */
public final class RedisServers {

	private RedisServers() {
	}

	/**
	 * Start an empty server on a free port.
	 */
	public static RedisServer start() throws IOException {
		RedisServer redis = RedisServer.newRedisServer()
			.port(freePort())
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.build();
		redis.start();
		return redis;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
