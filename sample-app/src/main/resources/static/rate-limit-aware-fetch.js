/**
 * A fetch that keeps to rate limits: where the server answers 429 or 503 and says how long to wait, it waits at least
 * that long and sends the request again, within bounds. A module of its own, without dependencies.
 *
 *     import { rateLimitAwareFetch } from "./rate-limit-aware-fetch.js";
 *
 *     const patientFetch = rateLimitAwareFetch({ maxWaitMillis: 60_000, observe: (event) => console.log(event) });
 *     const response = await patientFetch("/articles");
 *
 * Across origins a script reads only the headers that the server exposes (Access-Control-Expose-Headers).
 */

/**
 * @typedef {object} Options
 * @property {typeof fetch} [fetch] sends one request; the global fetch by default
 * @property {number} [maxRetries] how often one call sends its request again, a whole number, 0 or more; 3 by default
 * @property {number} [maxWaitMillis] the longest sum of waits that a server may ask one call for, in milliseconds, 0 to
 * 2147483647; where it asks for more, its answer is returned instead; 30000 by default. Up to a tenth is added to each wait
 * at random (up to 100 ms to a short one), so that clients that were denied together do not return together. Nothing is ever
 * taken off a wait.
 * @property {number} [retryBudget] how many retries all calls of the function together may save, 0 or more; 10 by default.
 * All are there at first. A call puts in a tenth of one, and a retry takes one. So where a server denies for long, retries
 * end even of many calls at once.
 * @property {(event: RetryEvent) => void} [observe] is told what a call does. What it throws is reported to the console
 * and changes nothing.
 * @property {Clock} [clock] the time; the browser's by default
 * @property {() => number} [random] a number from 0 to below 1; Math.random by default
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now the time of day, in milliseconds since the epoch
 * @property {() => number} monotonic a time that never steps back, in milliseconds
 * @property {(task: () => void, millis: number) => unknown} setTimeout runs a task later
 * @property {(timer: any) => void} clearTimeout takes back a task
 */

/**
 * What a call does. "waiting" comes before each wait, "retrying" right before the request is sent again, and "gave-up"
 * where an answer with 429 or 503 is returned:
 * - "no-retry-after": it does not say how long to wait
 * - "method": the method is not idempotent, and there is no Idempotency-Key
 * - "body": the request's body cannot be sent a second time
 * - "retries": the request was sent again as often as is allowed
 * - "wait-too-long": the wait is above what is left of maxWaitMillis
 * - "budget": nothing is left of retryBudget
 *
 * @typedef {object} RetryEvent
 * @property {"waiting" | "retrying" | "gave-up"} type what it does
 * @property {RequestInit} [init] the second argument of the call, by which calls can be told apart
 * @property {Response} response the answer that it is about. Of a "waiting" or "retrying" one the body is gone.
 * @property {number} retries how often the request has been sent again so far, this time included if "retrying"
 * @property {number} [waitMillis] how long it waits, jitter included, in milliseconds; with "waiting"
 * @property {number | null} [retryAfterMillis] how long the server says to wait, in milliseconds; with "waiting" and
 * "gave-up"
 * @property {"no-retry-after" | "method" | "body" | "retries" | "wait-too-long" | "budget"} [reason]
 * with "gave-up"
 */

/**
 * What an answer says about limits.
 *
 * @typedef {object} RateLimit
 * @property {number | null} limit requests in a period
 * @property {number | null} remaining requests that are left
 * @property {number | null} resetMillis until the next request is free, in milliseconds from now
 * @property {Quota[]} quotas one for each policy of the draft's headers; empty where there are none
 */

/**
 * @typedef {object} Quota
 * @property {string} name the policy
 * @property {number | null} limit requests in a period (q)
 * @property {number | null} windowMillis the period, in milliseconds (w)
 * @property {number | null} remaining requests that are left (r)
 * @property {number | null} resetMillis until more are free, in milliseconds from now (t)
 */

const LONGEST_TIMER_MILLIS = 2 ** 31 - 1;

const STATUSES = [429, 503];

const MAX_JITTER = 0.1;

const IDEMPOTENT_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

/** @type {Clock} */
const BROWSER_CLOCK = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	setTimeout: (task, millis) => setTimeout(task, millis),
	clearTimeout: (timer) => clearTimeout(timer)
};

/**
 * Makes a fetch that waits and tries again. It takes what fetch takes and answers what fetch answers: the last response,
 * or the rejection of fetch itself, network failures among them, which are not retried. A signal that aborts ends a wait
 * too; the call is then rejected with the signal's reason. A body that is a stream, or stands in a Request object, can be
 * read once and is not sent again; other bodies must not be changed during the call.
 *
 * @param {Options} [options]
 * @returns {typeof fetch}
 * @throws {RangeError} where an option is not in its range
 */
export function rateLimitAwareFetch(options = {}) {
	const {
		maxRetries = 3, maxWaitMillis = 30_000, retryBudget = 10, clock = BROWSER_CLOCK, random = Math.random,
		observe = () => {}
	} = options;
	const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
	requireRange("maxRetries", Number.isInteger(maxRetries) ? maxRetries : NaN, Number.MAX_SAFE_INTEGER);
	requireRange("maxWaitMillis", maxWaitMillis, LONGEST_TIMER_MILLIS);
	const budget = new RetryBudget(retryBudget);

	const tell = (event) => {
		try {
			observe(event);
		}
		catch (error) {
			console.error(error);
		}
	};

	return async (input, init) => {
		const signal = signalOf(input, init);
		let retries = 0;
		let leftMillis = maxWaitMillis;
		budget.called();
		for (;;) {
			const response = await send(input, init);
			if (!STATUSES.includes(response.status)) {
				return response;
			}
			const retryAfter = retryAfterMillis(response.headers, clock.now());
			const reason = ((retryAfter === null) ? "no-retry-after" : null)
				?? reasonAgainst(input, init)
				?? reasonToGiveUp(retryAfter, retries < maxRetries, leftMillis)
				?? (budget.take() ? null : "budget");
			if (reason) {
				tell({ type: "gave-up", init, response, retries, retryAfterMillis: retryAfter, reason });
				return response;
			}
			const waitMillis = retryAfter + random() * MAX_JITTER * Math.max(1000, retryAfter);
			response.body?.cancel().catch(() => {});
			tell({ type: "waiting", init, response, retries, waitMillis, retryAfterMillis: retryAfter });
			try {
				await wait(waitMillis, signal, clock);
			}
			catch (error) {
				budget.giveBack();
				throw error;
			}
			leftMillis -= retryAfter;
			retries++;
			tell({ type: "retrying", init, response, retries });
		}
	};
}

/** Counted in tenths, which have no rounding errors. */
class RetryBudget {

	#max;

	#tenths;

	constructor(retries) {
		requireRange("retryBudget", retries, Number.MAX_SAFE_INTEGER / 10);
		this.#max = Math.round(retries * 10);
		this.#tenths = this.#max;
	}

	/** Takes a retry, if one is left. */
	take() {
		if (this.#tenths < 10) {
			return false;
		}
		this.#tenths -= 10;
		return true;
	}

	giveBack() {
		this.#add(10);
	}

	called() {
		this.#add(1);
	}

	#add(tenths) {
		this.#tenths = Math.min(this.#max, this.#tenths + tenths);
	}

}

/**
 * Reads Retry-After, in seconds or as an HTTP date. A date is compared with the answer's own Date where it has one, so
 * that the difference between the two clocks plays no part.
 *
 * @param {Headers} headers of the answer
 * @param {number} [nowMillis] the time of day, in milliseconds since the epoch
 * @returns {number | null} how long to wait, in milliseconds, 0 or more; null where the header is missing or means
 * nothing
 */
export function retryAfterMillis(headers, nowMillis = Date.now()) {
	const value = headers.get("Retry-After")?.trim() ?? "";
	if (/^\d+$/.test(value)) {
		return Number(value) * 1000;
	}
	const date = httpDate(value);
	return (date === null) ? null : Math.max(0, date - serverNow(headers, nowMillis));
}

/**
 * Reads X-RateLimit-Limit, -Remaining and -Reset, and the headers RateLimit-Policy and RateLimit of
 * draft-ietf-httpapi-ratelimit-headers-11. Where only the draft's are there, the quota with the least remaining share
 * stands for all. X-RateLimit-Reset is read as seconds since the epoch, or as seconds from now where it is too small for
 * that.
 *
 * @param {Headers} headers of the answer
 * @param {number} [nowMillis] the time of day, in milliseconds since the epoch
 * @returns {RateLimit | null} null where the answer says nothing of limits
 */
export function readRateLimit(headers, nowMillis = Date.now()) {
	const quotas = readQuotas(headers);
	const limit = wholeNumber(headers.get("X-RateLimit-Limit"));
	const remaining = wholeNumber(headers.get("X-RateLimit-Remaining"));
	const reset = wholeNumber(headers.get("X-RateLimit-Reset"));
	if (limit !== null || remaining !== null || reset !== null) {
		return { limit, remaining, resetMillis: resetMillis(reset, serverNow(headers, nowMillis)), quotas };
	}
	const scarcest = [...quotas].sort((one, other) => share(one) - share(other))[0];
	return scarcest
		? { limit: scarcest.limit, remaining: scarcest.remaining, resetMillis: scarcest.resetMillis, quotas }
		: null;
}

function reasonAgainst(input, init) {
	if (!IDEMPOTENT_METHODS.includes(methodOf(input, init)) && !headersOf(input, init).has("Idempotency-Key")) {
		return "method";
	}
	return isRepeatable(input, init) ? null : "body";
}

function reasonToGiveUp(retryAfter, mayRetry, leftMillis) {
	if (!mayRetry) {
		return "retries";
	}
	return (retryAfter > leftMillis) ? "wait-too-long" : null;
}

function signalOf(input, init) {
	if (init && init.signal !== undefined) {
		return init.signal;
	}
	return (input instanceof Request) ? input.signal : null;
}

function methodOf(input, init) {
	return String(init?.method ?? ((input instanceof Request) ? input.method : "GET")).toUpperCase();
}

function headersOf(input, init) {
	return new Headers(init?.headers ?? ((input instanceof Request) ? input.headers : {}));
}

function isRepeatable(input, init) {
	const body = init?.body ?? null;
	if (body !== null) {
		return !(body instanceof ReadableStream) && typeof body[Symbol.asyncIterator] !== "function";
	}
	return !(input instanceof Request) || ["GET", "HEAD"].includes(input.method) || input.body === null;
}

/** Timers may fire a little early, and take no more than 31 bits: what is missing is waited for again. */
function wait(millis, signal, clock) {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) {
			reject(signal.reason);
			return;
		}
		const end = clock.monotonic() + millis;
		let timer;
		const abort = () => {
			clock.clearTimeout(timer);
			reject(signal.reason);
		};
		const check = () => {
			const left = end - clock.monotonic();
			if (left > 0) {
				timer = clock.setTimeout(check, timerMillis(left));
				return;
			}
			signal?.removeEventListener("abort", abort);
			resolve();
		};
		signal?.addEventListener("abort", abort, { once: true });
		timer = clock.setTimeout(check, timerMillis(millis));
	});
}

function timerMillis(millis) {
	return Math.min(Math.ceil(millis), LONGEST_TIMER_MILLIS);
}

function serverNow(headers, nowMillis) {
	return httpDate(headers.get("Date") ?? "") ?? nowMillis;
}

/** The three forms of RFC 9110, section 5.6.7; the last one names no zone and means GMT. */
function httpDate(text) {
	if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) {
		return null;
	}
	const millis = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
	return Number.isNaN(millis) ? null : millis;
}

function resetMillis(seconds, nowMillis) {
	if (seconds === null) {
		return null;
	}
	return (seconds < 1e9) ? seconds * 1000 : Math.max(0, seconds * 1000 - nowMillis);
}

function share(quota) {
	return (quota.limit && quota.remaining !== null) ? quota.remaining / quota.limit : 1;
}

function wholeNumber(text) {
	return /^\d+$/.test(text?.trim() ?? "") ? Number(text) : null;
}

function readQuotas(headers) {
	const quotas = new Map();
	const quota = (name) => {
		if (!quotas.has(name)) {
			quotas.set(name, { name, limit: null, windowMillis: null, remaining: null, resetMillis: null });
		}
		return quotas.get(name);
	};
	for (const { name, parameters } of parseList(headers.get("RateLimit-Policy"))) {
		quota(name).limit = parameters.q ?? null;
		quota(name).windowMillis = (parameters.w === undefined) ? null : parameters.w * 1000;
	}
	for (const { name, parameters } of parseList(headers.get("RateLimit"))) {
		quota(name).remaining = parameters.r ?? null;
		quota(name).resetMillis = (parameters.t === undefined) ? null : parameters.t * 1000;
	}
	return [...quotas.values()];
}

/**
 * Parses a list of strings with parameters (RFC 9651); keeps the parameters that are whole numbers, 0 or more. A list
 * that breaks the rules is as good as none.
 */
function parseList(text) {
	const items = [];
	const itemPattern = /"((?:[^"\\]|\\["\\])*)"((?:; *[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\["\\])*"|[^",; ]+))?)*)/y;
	const parameterPattern = /; *([a-z*][a-z0-9_.*-]*)(?:=("(?:[^"\\]|\\["\\])*"|[^",; ]+))?/g;
	const separatorPattern = /[ \t]*,[ \t]*/y;
	const list = (text ?? "").trim();
	let position = 0;
	while (position < list.length) {
		itemPattern.lastIndex = position;
		const item = itemPattern.exec(list);
		if (!item) {
			return [];
		}
		const parameters = {};
		for (const [, name, value] of item[2].matchAll(parameterPattern)) {
			if (/^\d+$/.test(value ?? "")) {
				parameters[name] = Number(value);
			}
		}
		items.push({ name: item[1].replace(/\\(["\\])/g, "$1"), parameters });
		position = itemPattern.lastIndex;
		if (position < list.length) {
			separatorPattern.lastIndex = position;
			if (!separatorPattern.test(list) || separatorPattern.lastIndex === list.length) {
				return [];
			}
			position = separatorPattern.lastIndex;
		}
	}
	return items;
}

function requireRange(name, value, max) {
	if (!(value >= 0 && value <= max)) {
		throw new RangeError(`${name} must be a number from 0 to ${max}`);
	}
}
