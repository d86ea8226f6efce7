import { announce, duration, element } from "./dom.js";
import { drawMeter } from "./meter.js";
import { rateLimitAwareFetch, readRateLimit, retryAfterMillis } from "./rate-limit-aware-fetch.js";
import { kindOf } from "./results.js";

const IMPATIENCE = { maxRetries: 0 };

const PATIENCE = { maxRetries: 5, retryBudget: 50, maxWaitMillis: 300_000 };

/**
 * An endpoint of the service: sends requests to it and shows what its limits have left.
 */
export class Endpoint {

	#description;

	#page;

	#policies;

	#deniedUntil = 0;

	#passed = false;

	#waiting = new Set();

	#parts;

	#sendOnce = this.#sender(IMPATIENCE);

	#sendPatiently = this.#sender(PATIENCE);

	#stop = new AbortController();

	#shown = "";

	/**
	 * @param {{ method: string, path: string, about: string, withKey?: boolean, body?: () => string, type?: string }}
	 * description
	 * @param {object} page
	 * @param {import("./account.js").Account} page.account
	 * @param {import("./quotas.js").Quotas} page.quotas
	 * @param {import("./results.js").Results} page.results
	 * @param {Set<string>} page.policies the names of the policies that apply, of all endpoints with this path
	 * @param {() => { burst: number, patient: boolean }} page.settings
	 * @param {(endpoint: Endpoint) => void} page.used is told when an answer came
	 * @param {() => void} page.finished is told when all answers of a burst came
	 */
	constructor(description, page) {
		this.#description = description;
		this.#page = page;
		this.#policies = page.policies;
		this.#parts = this.#build();
	}

	get node() {
		return this.#parts.node;
	}

	get path() {
		return this.#description.path;
	}

	/** Returns when the next request may pass, by performance.now() in milliseconds; 0 for at once. */
	opensAt(now) {
		const used = this.#page.quotas.find(this.#policies, now).filter((quota) => quota.remaining === 0);
		return Math.max(this.#deniedUntil, ...used.map((quota) => quota.resetAt ?? 0));
	}

	/** Gives up what is being waited for, and forgets what was learned. */
	reset() {
		this.stop();
		this.#policies.clear();
		this.#deniedUntil = 0;
		this.#passed = false;
	}

	stop() {
		this.#stop.abort();
		this.#stop = new AbortController();
	}

	get waiting() {
		return this.#waiting.size;
	}

	render(now) {
		if (this.#deniedUntil && this.#deniedUntil <= now) {
			this.#deniedUntil = 0;
			announce(`The next request to ${this.path} may pass.`);
		}
		const quotas = this.#page.quotas.find(this.#policies, now);
		const opensAt = this.opensAt(now);
		const state = stateOf(quotas[0], this.#waiting.size, opensAt - now, (quotas[0]?.resetAt ?? now) - now, this.#stranger());
		const others = (quotas.length > 1) ? quotas.map((quota) => `${quota.name} ${quota.remaining}/${quota.limit}`) : [];
		const burst = `Send ${this.#page.settings().burst}`;
		const shown = JSON.stringify([state, others, burst, quotas[0]?.remaining, quotas[0]?.limit]);
		if (shown === this.#shown) {
			return;
		}
		this.#shown = shown;
		this.#parts.burst.textContent = burst;
		this.#parts.meter.hidden = !quotas[0];
		if (quotas[0]) {
			drawMeter(this.#parts.meter, quotas[0].limit, quotas[0].remaining);
		}
		this.#parts.state.className = (opensAt > now) ? "state denied" : "state";
		this.#parts.state.replaceChildren(...state.map((part) => part.strong ? element("b", {}, part.strong) : part));
		this.#parts.others.replaceChildren(...others.flatMap((text) => [element("span", {}, text), " "]));
	}

	/** Says how things stand while no answer has spoken of limits. */
	#stranger() {
		if (this.#description.withKey && !this.#page.account.apiKey) {
			return this.#page.account.username ? "Make a new key to ask" : "Sign up to get a key";
		}
		return this.#passed ? "No limit" : "Not asked yet";
	}

	#build() {
		const { method, path, about } = this.#description;
		const meter = element("div", { class: "meter", hidden: "" });
		const state = element("p", { class: "state" });
		const others = element("p", { class: "about quotas" });
		const one = element("button", { type: "button", class: "one" }, "Send");
		const burst = element("button", { type: "button", class: "burst" });
		one.setAttribute("aria-label", `Send ${method} ${path}`);
		one.addEventListener("click", () => this.#send(1));
		burst.addEventListener("click", () => this.#send(this.#page.settings().burst));
		const node = element("li", { class: "endpoint", "data-endpoint": `${method} ${path}` },
				element("div", {}, element("span", { class: "path" }, `${method} ${path}`),
						element("span", { class: "about" }, about)),
				element("div", { class: "quota" }, meter, state, others),
				element("div", { class: "buttons" }, one, burst));
		return { node, meter, state, others, burst };
	}

	async #send(count) {
		const { patient } = this.#page.settings();
		const { method, path } = this.#description;
		const init = await this.#init();
		const signal = this.#stop.signal;
		const statuses = await Promise.all(Array.from({ length: count }, () => this.#call(init, patient, signal)));
		this.#page.finished();
		const counted = (kind) => statuses.filter((status) => kindOf(status) === kind).length;
		const wait = this.opensAt(performance.now()) - performance.now();
		announce(`${method} ${path}: ${counted("passed")} passed, ${counted("denied")} denied`
			+ ((wait > 0) ? `; the next may pass in ${duration(wait)}.` : "."));
	}

	#sender(bounds) {
		return rateLimitAwareFetch({
			...bounds,
			fetch: (input, init) => this.#record(input, init),
			observe: ({ type, init }) => (type === "waiting") ? this.#waiting.add(init) : this.#waiting.delete(init)
		});
	}

	/** Sends one request, again and again if it may; returns the last status, or null where there is none. */
	async #call(template, patient, signal) {
		const init = { ...template, headers: new Headers(template.headers), signal };
		if (template.method === "POST") {
			init.headers.set("Idempotency-Key", String(crypto.getRandomValues(new Uint32Array(4))));
		}
		const send = patient ? this.#sendPatiently : this.#sendOnce;
		try {
			return (await send(this.path, init)).status;
		}
		catch {
			return null;
		}
		finally {
			this.#waiting.delete(init);
		}
	}

	async #init() {
		const { method, body, type, withKey } = this.#description;
		const headers = new Headers(type ? { "Content-Type": type } : {});
		if (withKey) {
			if (this.#page.account.apiKey) {
				headers.set("X-API-Key", this.#page.account.apiKey);
			}
		}
		else {
			const token = await this.#page.account.accessToken().catch(() => null);
			if (token) {
				headers.set("Authorization", `Bearer ${token}`);
			}
		}
		return { method, headers, body: body?.(), cache: "no-store" };
	}

	/** Sends a request once, and shows what came of it. */
	async #record(input, init) {
		const { method, path } = this.#description;
		const sentAt = performance.now();
		const result = { method, path, sentAt, status: null, limit: null, remaining: null, retryAfterMillis: null };
		try {
			const response = await fetch(input, init);
			const receivedAt = performance.now();
			const limits = readRateLimit(response.headers);
			Object.assign(result, { status: response.status, receivedAt, limit: limits?.limit ?? null,
				remaining: limits?.remaining ?? null, retryAfterMillis: retryAfterMillis(response.headers) });
			this.#learn(limits, result);
			return response;
		}
		finally {
			result.receivedAt ??= performance.now();
			this.#page.results.add(result);
			this.#page.used(this);
		}
	}

	#learn(limits, { status, sentAt, receivedAt, retryAfterMillis: wait }) {
		const quotas = limits?.quotas.length ? limits.quotas : limits ? [{ ...limits, name: this.path }] : [];
		for (const quota of quotas.filter(({ limit, remaining }) => limit !== null && remaining !== null)) {
			this.#policies.add(quota.name);
			this.#page.quotas.update(quota, sentAt, receivedAt);
		}
		this.#passed ||= kindOf(status) === "passed";
		if (status === 429 && wait !== null) {
			this.#deniedUntil = Math.max(this.#deniedUntil, receivedAt + wait);
		}
		else if (kindOf(status) === "passed" && sentAt >= this.#deniedUntil) {
			this.#deniedUntil = 0;
		}
	}

}

function stateOf(quota, waiting, closedMillis, resetMillis, stranger) {
	const closed = closedMillis > 0;
	const parts = [];
	if (waiting) {
		parts.push(`${waiting} waiting, `);
	}
	if (closed) {
		parts.push(waiting ? "next in " : "Next in ", { strong: duration(closedMillis) });
	}
	else if (quota) {
		parts.push({ strong: `${quota.remaining} of ${quota.limit}` }, " left");
		if (resetMillis > 0 && quota.remaining < quota.limit) {
			parts.push(`, one back in ${duration(resetMillis)}`);
		}
	}
	else {
		parts.push(stranger);
	}
	return parts;
}
