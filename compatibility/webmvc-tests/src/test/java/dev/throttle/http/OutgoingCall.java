package dev.throttle.http;

import org.springframework.web.client.RestClient;

/**
 * A call with a client that an application builds.
 */
final class OutgoingCall {

	private OutgoingCall() {
	}

	static void to(String address, RunningApplication application) {
		application.bean(RestClient.Builder.class).build().get().uri(address).retrieve().toBodilessEntity();
	}

}
