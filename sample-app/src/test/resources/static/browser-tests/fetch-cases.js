import { rateLimitAwareFetch, readRateLimit, retryAfterMillis } from "/rate-limit-aware-fetch.js";
import { answer, assertEquals, FakeFetch, ManualClock, ok, rejection, settle } from "./fetch-fakes.js";

/** A wrapped fetch with prepared answers, a clock that moves by hand, no jitter, and the events that it told. */
function patient(answers, options = {}) {
	const clock = new ManualClock();
	const fake = new FakeFetch(clock, ...answers);
	const events = [];
	const fetch = rateLimitAwareFetch({
		fetch: fake.fetch, clock, random: () => 0, observe: (event) => events.push(event), ...options
	});
	return { clock, fake, events, fetch };
}

function types(events) {
	return events.map((event) => event.reason ? `${event.type} ${event.reason}` : event.type);
}

function denied(retryAfter) {
	return answer(429, { "Retry-After": retryAfter });
}

export const cases = {

	async "an answer that is no denial is returned at once, whatever it says"() {
		for (const status of [200, 201, 204, 400, 401, 403, 404, 500, 502]) {
			const { fake, events, fetch } = patient([() => new Response(null, { status, headers: { "Retry-After": "1" } })]);
			assertEquals((await fetch("/")).status, status);
			assertEquals(fake.calls.length, 1);
			assertEquals(events, []);
		}
	},

	async "waits as many seconds as Retry-After says, not one millisecond less, and passes"() {
		const { clock, fake, fetch } = patient([denied("21"), ok]);
		const response = fetch("/articles");
		await clock.advance(20_999);
		assertEquals(fake.times, [0]);
		await clock.advance(1);
		assertEquals(fake.times, [0, 21_000]);
		assertEquals(await (await response).text(), "fine");
	},

	async "reads Retry-After as a date by the server's clock"() {
		const { clock, fake, fetch } = patient([answer(429, {
			"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", Date: "Sun, 06 Nov 1994 08:49:30 GMT"
		}), ok]);
		const response = fetch("/");
		await clock.advance(10_000);
		await response;
		assertEquals(fake.times, [0, 7000]);
	},

	async "reads Retry-After as a date by its own clock where the answer has no Date"() {
		const { clock, fake, fetch } = patient([denied(new Date(ManualClock.START + 5000).toUTCString()), ok]);
		const response = fetch("/");
		await clock.advance(10_000);
		await response;
		assertEquals(fake.times, [0, 5000]);
	},

	async "reads all three forms of HTTP dates, and a past one as no wait"() {
		const now = Date.parse("1994-11-06T08:49:30Z");
		for (const date of ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
			assertEquals(retryAfterMillis(new Headers({ "Retry-After": date }), now), 7000);
			assertEquals(retryAfterMillis(new Headers({ "Retry-After": date }), now + 60_000), 0);
		}
	},

	async "reads nothing into a Retry-After that is neither"() {
		for (const value of ["", "-1", "1.5", "soon", "5, 5", "2026-03-01T12:00:00Z", "Sun, 99 Foo 1994 08:49:37 GMT"]) {
			assertEquals(retryAfterMillis(new Headers({ "Retry-After": value })), null);
		}
		assertEquals(retryAfterMillis(new Headers()), null);
	},

	async "each denial is waited for as long as it says"() {
		const { clock, fake, fetch } = patient([denied("5"), denied("1"), denied("3"), ok]);
		const response = fetch("/");
		await clock.advance(60_000);
		assertEquals((await response).status, 200);
		assertEquals(fake.times, [0, 5000, 6000, 9000]);
	},

	async "jitter is added to the wait and never taken off"() {
		for (const [seconds, random, expected] of [[10, 0, 10_000], [10, 0.5, 10_500], [10, 0.75, 10_750], [0, 0.5, 50]]) {
			const { clock, events, fake, fetch } = patient([denied(String(seconds)), ok], { random: () => random });
			const response = fetch("/");
			await clock.advance(20_000);
			await response;
			assertEquals(events[0].waitMillis, expected);
			assertEquals(events[0].retryAfterMillis, seconds * 1000);
			assertEquals(fake.times, [0, expected]);
		}
	},

	async "jitter comes on top of a wait that is as long as it may be"() {
		for (const bounds of [{}, { maxWaitMillis: 30_000 }]) {
			const { clock, fake, fetch } = patient([denied("30"), ok], { ...bounds, random: () => 0.5 });
			const response = fetch("/");
			await clock.advance(33_000);
			await response;
			assertEquals(fake.times, [0, 31_500]);
		}
	},

	async "a wait that is too long for one timer takes two"() {
		const longest = 2 ** 31 - 1;
		const told = Math.floor(longest / 1000) * 1000;
		const { clock, fake, fetch } = patient([denied(String(told / 1000)), ok],
				{ maxWaitMillis: longest, random: () => 0.5 });
		const response = fetch("/");
		await clock.advance(2 * longest);
		await response;
		assertEquals(fake.times, [0, Math.ceil(told + 0.5 * 0.1 * told)]);
	},

	async "a wait above its bound is not waited for: the denial is returned, and its body can be read"() {
		for (const retryAfter of ["31", "999999999999999999999999", "Sun, 01 Mar 2099 12:00:00 GMT"]) {
			const { clock, events, fake, fetch } = patient([denied(retryAfter), ok], { maxWaitMillis: 30_000 });
			const response = await fetch("/");
			assertEquals(await response.text(), "answer 429");
			assertEquals(types(events), ["gave-up wait-too-long"]);
			assertEquals([fake.calls.length, clock.timers], [1, 0]);
		}
	},

	async "retries no more often than allowed"() {
		const { clock, events, fake, fetch } = patient([denied("1")], { maxRetries: 2 });
		const response = fetch("/");
		await clock.advance(60_000);
		assertEquals((await response).status, 429);
		assertEquals(fake.times, [0, 1000, 2000]);
		assertEquals(types(events), ["waiting", "retrying", "waiting", "retrying", "gave-up retries"]);
	},

	async "waits no longer in total than allowed"() {
		const { clock, events, fake, fetch } = patient([denied("4")], { maxRetries: 100, maxWaitMillis: 10_000 });
		const response = fetch("/");
		await clock.advance(60_000);
		assertEquals((await response).status, 429);
		assertEquals(fake.times, [0, 4000, 8000]);
		assertEquals(types(events).at(-1), "gave-up wait-too-long");
	},

	async "no retries allowed means none"() {
		const { events, fake, fetch } = patient([denied("1"), ok], { maxRetries: 0 });
		assertEquals((await fetch("/")).status, 429);
		assertEquals(fake.calls.length, 1);
		assertEquals(types(events), ["gave-up retries"]);
	},

	async "a 503 with Retry-After is retried"() {
		const { clock, fake, fetch } = patient([answer(503, { "Retry-After": "2" }), ok]);
		const response = fetch("/");
		await clock.advance(2000);
		assertEquals((await response).status, 200);
		assertEquals(fake.times, [0, 2000]);
	},

	async "a request is sent again only where its method is idempotent"() {
		for (const [method, sent] of [["GET", 2], ["put", 2], ["DELETE", 2], ["POST", 1], ["post", 1], ["PATCH", 1]]) {
			for (const status of [429, 503]) {
				for (const target of [["/", { method }], [new Request(location.origin, { method: method.toUpperCase() })]]) {
					const { clock, events, fake, fetch } = patient([answer(status, { "Retry-After": "2" }), ok]);
					const response = fetch(...target);
					await clock.advance(2000);
					assertEquals((await response).status, (sent === 2) ? 200 : status);
					assertEquals(fake.calls.length, sent);
					assertEquals(types(events), (sent === 2) ? ["waiting", "retrying"] : ["gave-up method"]);
				}
			}
		}
	},

	async "any other request is sent again if it has an Idempotency-Key"() {
		const init = { method: "POST", headers: { "idempotency-key": "8e03978e" } };
		for (const target of [["/", init], [new Request(location.origin, init)]]) {
			const { clock, fake, fetch } = patient([denied("2"), ok]);
			const response = fetch(...target);
			await clock.advance(2000);
			assertEquals((await response).status, 200);
			assertEquals(fake.calls.length, 2);
		}
	},

	async "what does not say how long to wait is returned"() {
		for (const response of [answer(429), answer(503), denied("soon"), answer(429, { "X-RateLimit-Reset": "5" })]) {
			const { events, fake, fetch } = patient([response, ok]);
			assertEquals([429, 503].includes((await fetch("/")).status), true);
			assertEquals(fake.calls.length, 1);
			assertEquals(types(events), ["gave-up no-retry-after"]);
		}
	},

	async "a body that can be sent again is, unchanged"() {
		const form = new FormData();
		form.set("name", "Ada");
		for (const body of ["text", new URLSearchParams("a=b"), form, new Blob(["x"]), new Uint8Array([1]), new ArrayBuffer(1)]) {
			const { clock, fake, fetch } = patient([denied("1"), ok]);
			const init = { method: "PUT", body, headers: { "X-API-Key": "key" } };
			const response = fetch("/uploads", init);
			await clock.advance(1000);
			assertEquals((await response).status, 200);
			assertEquals(fake.calls.map((call) => call.init === init && call.init.body === body), [true, true]);
		}
	},

	async "a body that is a stream is not sent again"() {
		const { events, fake, fetch } = patient([denied("1"), ok]);
		const body = new Blob(["x"]).stream();
		assertEquals((await fetch("/uploads", { method: "PUT", body, duplex: "half" })).status, 429);
		assertEquals(fake.calls.length, 1);
		assertEquals(types(events), ["gave-up body"]);
	},

	async "a Request object is sent again unless it has a body"() {
		const url = `${location.origin}/uploads`;
		for (const [request, calls] of [[new Request(url), 2], [new Request(url, { method: "DELETE" }), 2],
				[new Request(url, { method: "PUT", body: "text" }), 1]]) {
			const { clock, fake, fetch } = patient([denied("1"), ok]);
			const response = fetch(request);
			await clock.advance(1000);
			await response;
			assertEquals(fake.calls.length, calls);
		}
	},

	async "the body of a denial that is waited for is let go"() {
		let cancelled = 0;
		const body = new ReadableStream({ cancel: () => void cancelled++ });
		const { clock, fetch } = patient([() => new Response(body, { status: 429, headers: { "Retry-After": "1" } }), ok]);
		const response = fetch("/");
		await clock.advance(1000);
		await response;
		assertEquals(cancelled, 1);
	},

	async "a signal that aborts ends the wait, and nothing is sent afterwards"() {
		const { clock, fake, fetch } = patient([denied("10"), ok]);
		const controller = new AbortController();
		const failure = rejection(fetch("/", { signal: controller.signal }));
		await clock.advance(4000);
		const reason = new Error("changed my mind");
		controller.abort(reason);
		assertEquals(await failure === reason, true);
		assertEquals(clock.timers, 0);
		await clock.advance(60_000);
		assertEquals(fake.calls.length, 1);
	},

	async "the signal of a Request object ends the wait"() {
		const { clock, fetch } = patient([denied("10"), ok]);
		const controller = new AbortController();
		const failure = rejection(fetch(new Request(location.origin, { signal: controller.signal })));
		await clock.advance(4000);
		controller.abort();
		assertEquals((await failure).name, "AbortError");
		assertEquals(clock.timers, 0);
	},

	async "a signal that aborted while the denial was on its way starts no wait"() {
		const controller = new AbortController();
		const { clock, fake, fetch } = patient([() => {
			controller.abort();
			return denied("10")();
		}, ok]);
		assertEquals((await rejection(fetch("/", { signal: controller.signal }))).name, "AbortError");
		assertEquals([fake.calls.length, clock.timers], [1, 0]);
	},

	async "a wait that is over leaves nothing on the signal"() {
		const { clock, fetch } = patient([denied("1"), denied("1"), ok]);
		const { signal } = new AbortController();
		let listeners = 0;
		const [add, remove] = [signal.addEventListener, signal.removeEventListener];
		signal.addEventListener = (...parameters) => void (listeners++, add.apply(signal, parameters));
		signal.removeEventListener = (...parameters) => void (listeners--, remove.apply(signal, parameters));
		const response = fetch("/", { signal });
		await clock.advance(500);
		assertEquals(listeners, 1);
		await clock.advance(5000);
		await response;
		assertEquals(listeners, 0);
	},

	async "a timer that fires early is waited for again"() {
		const { clock, fake, fetch } = patient([denied("1"), ok]);
		clock.early = 3;
		const response = fetch("/");
		await clock.advance(999);
		assertEquals(fake.times, [0]);
		await clock.advance(10);
		await response;
		assertEquals(fake.times, [0, 1000]);
	},

	async "the observer is told of each wait before it and of each retry before it is sent"() {
		const seen = [];
		const clock = new ManualClock();
		const fake = new FakeFetch(clock, denied("2"), ok);
		const fetch = rateLimitAwareFetch({
			fetch: fake.fetch, clock, random: () => 0.25,
			observe: (event) => seen.push([event.type, event.response.status, event.retries, event.waitMillis ?? null,
				clock.monotonic(), fake.calls.length])
		});
		const response = fetch("/");
		await settle();
		assertEquals(seen, [["waiting", 429, 0, 2050, 0, 1]]);
		await clock.advance(2050);
		await response;
		assertEquals(seen, [["waiting", 429, 0, 2050, 0, 1], ["retrying", 429, 1, null, 2050, 1]]);
	},

	async "an observer that throws changes nothing"() {
		const reported = console.error;
		console.error = () => {};
		try {
			const { clock, fetch } = patient([denied("1"), ok], {
				observe: () => {
					throw new Error("observer");
				}
			});
			const response = fetch("/");
			await clock.advance(1000);
			assertEquals((await response).status, 200);
		}
		finally {
			console.error = reported;
		}
	},

	async "a failure of the network is handed on and not retried"() {
		const { fake, fetch } = patient([() => {
			throw new TypeError("Failed to fetch");
		}]);
		assertEquals((await rejection(fetch("/"))).message, "Failed to fetch");
		assertEquals(fake.calls.length, 1);
	},

	async "each call has its own number of retries"() {
		const { clock, fake, fetch } = patient([denied("1"), denied("1"), ok], { maxRetries: 1 });
		const responses = Promise.all([fetch("/"), fetch("/")]);
		await clock.advance(1000);
		assertEquals((await responses).map((response) => response.status), [200, 200]);
		assertEquals(fake.times, [0, 0, 1000, 1000]);
	},

	async "all calls together have one budget of retries"() {
		const { clock, events, fake, fetch } = patient([denied("1")], { maxRetries: 3, retryBudget: 20 });
		const responses = Promise.all(Array.from({ length: 50 }, () => fetch("/")));
		await clock.advance(60_000);
		assertEquals((await responses).every((response) => response.status === 429), true);
		assertEquals(fake.calls.length, 50 + 20);
		assertEquals(types(events).filter((type) => type === "gave-up budget").length, 50);
	},

	async "ten retries are there at first, and ten calls put in one"() {
		const { clock, events, fake, fetch } = patient([denied("0")], { maxRetries: 100 });
		const spend = async () => {
			const response = fetch("/");
			await clock.advance(1000);
			await response;
		};
		await spend();
		assertEquals(fake.calls.length, 1 + 10);
		for (let call = 0; call < 9; call++) {
			await spend();
		}
		assertEquals(fake.calls.length, 10 + 10);
		await spend();
		assertEquals(fake.calls.length, 11 + 11);
		assertEquals(types(events).at(-1), "gave-up budget");
	},

	async "a wait that is cancelled gives back what it took"() {
		const { clock, fetch } = patient([denied("1"), denied("1"), ok], { retryBudget: 1 });
		const controller = new AbortController();
		const failure = rejection(fetch("/", { signal: controller.signal }));
		await settle();
		controller.abort();
		await failure;
		const response = fetch("/");
		await clock.advance(1000);
		assertEquals((await response).status, 200);
	},

	async "the observer is told which call it is about"() {
		const { clock, events, fetch } = patient([denied("1"), denied("1"), ok], { maxRetries: 1 });
		const inits = [{ method: "GET" }, { method: "GET" }];
		const responses = Promise.all(inits.map((init) => fetch("/", init)));
		await clock.advance(1000);
		await responses;
		assertEquals(events.map((event) => inits.findIndex((init) => init === event.init)), [0, 1, 0, 1]);
	},

	async "options out of their range are refused"() {
		for (const options of [{ maxRetries: -1 }, { maxRetries: 1.5 }, { retryBudget: -1 }, { maxWaitMillis: -1 }, { maxWaitMillis: 2 ** 31 },
				{ maxWaitMillis: NaN }]) {
			const [name] = Object.keys(options);
			const failure = await rejection((async () => rateLimitAwareFetch(options))());
			assertEquals([failure.name, failure.message.startsWith(name)], ["RangeError", true]);
		}
	},

	async "sends with the browser's own fetch, timers and clock by default"() {
		const before = performance.now();
		const events = [];
		const fetch = rateLimitAwareFetch({ observe: (event) => events.push(event.type) });
		assertEquals((await fetch(location.href)).status, 200);
		const fake = new FakeFetch({ monotonic: () => performance.now() }, denied("1"), ok);
		await rateLimitAwareFetch({ fetch: fake.fetch })("/");
		assertEquals(fake.calls.length, 2);
		assertEquals(fake.times[1] - before >= 1000, true);
		assertEquals(fake.times[1] - fake.times[0] >= 1000, true);
	},

	async "reads X-RateLimit headers, the reset by the server's clock"() {
		const headers = new Headers({
			"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "2",
			"X-RateLimit-Reset": String(ManualClock.START / 1000 + 42), Date: new Date(ManualClock.START).toUTCString()
		});
		assertEquals(readRateLimit(headers), { limit: 5, remaining: 2, resetMillis: 42_000, quotas: [] });
		headers.set("Date", new Date(ManualClock.START + 60_000).toUTCString());
		assertEquals(readRateLimit(headers).resetMillis, 0);
		headers.delete("Date");
		assertEquals(readRateLimit(headers, ManualClock.START + 40_000).resetMillis, 2000);
	},

	async "reads a reset that is too small for a time of day as seconds from now"() {
		assertEquals(readRateLimit(new Headers({ "X-RateLimit-Reset": "30" })),
				{ limit: null, remaining: null, resetMillis: 30_000, quotas: [] });
	},

	async "reads the draft's headers, and takes the scarcest quota for all"() {
		const headers = new Headers({
			"RateLimit-Policy": "\"user\";q=60;w=60,\"user-day\";q=1000;w=86400;pk=:dXNlcg==:",
			RateLimit: "\"user\";r=12;t=30, \"user-day\";r=100;t=4000"
		});
		const quotas = [
			{ name: "user", limit: 60, windowMillis: 60_000, remaining: 12, resetMillis: 30_000 },
			{ name: "user-day", limit: 1000, windowMillis: 86_400_000, remaining: 100, resetMillis: 4_000_000 }
		];
		assertEquals(readRateLimit(headers), { limit: 1000, remaining: 100, resetMillis: 4_000_000, quotas });
		headers.set("X-RateLimit-Limit", "60");
		assertEquals(readRateLimit(headers), { limit: 60, remaining: null, resetMillis: null, quotas });
	},

	async "reads names with separators and escapes in them"() {
		const headers = new Headers({ "RateLimit-Policy": "\"a,\\\"b\\\\;q=9\";q=1;comment=\"x;w=2, y\";w=3" });
		assertEquals(readRateLimit(headers).quotas,
				[{ name: "a,\"b\\;q=9", limit: 1, windowMillis: 3000, remaining: null, resetMillis: null }]);
	},

	async "takes a malformed header of the draft for none"() {
		for (const value of ["user;q=1", "\"user;q=1", "\"user\";q=1,", "\"a\";q=1 \"b\";q=2", "\"user\" q=1", ",", "\"user\";Q=1"]) {
			assertEquals(readRateLimit(new Headers({ "RateLimit-Policy": value })), null);
		}
	},

	async "says nothing of limits where the answer says nothing"() {
		assertEquals(readRateLimit(new Headers({ "Retry-After": "5" })), null);
		assertEquals(readRateLimit(new Headers({ "X-RateLimit-Limit": "many" })), null);
	}

};
