import { byId, duration, element } from "./dom.js";
import { Timeline } from "./timeline.js";

const MAX_ROWS = 200;

const REASONS = {
	200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
	411: "Length Required", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"
};

/**
 * Shows each answer as it comes: counted, on the timeline, and as a row of the log.
 */
export class Results {

	#counts = { passed: 0, denied: 0, other: 0 };

	#timeline = new Timeline(byId("timeline"));

	constructor() {
		byId("clear").addEventListener("click", () => this.#clear());
	}

	/**
	 * Adds an answer.
	 *
	 * @param {object} result
	 * @param {string} result.method
	 * @param {string} result.path
	 * @param {number | null} result.status null where none came
	 * @param {number} result.sentAt by performance.now(), in milliseconds
	 * @param {number} result.receivedAt the same
	 * @param {number | null} result.limit
	 * @param {number | null} result.remaining
	 * @param {number | null} result.retryAfterMillis
	 */
	add(result) {
		const kind = kindOf(result.status);
		this.#counts[kind]++;
		this.#timeline.add({ kind, at: result.receivedAt });
		byId("log").prepend(row(kind, result));
		while (byId("log").rows.length > MAX_ROWS) {
			byId("log").lastElementChild.remove();
		}
		this.#render();
	}

	/**
	 * Moves the timeline on.
	 *
	 * @param {number} now by performance.now(), in milliseconds
	 * @param {{ path: string, at: number } | null} next when the next request may pass
	 */
	tick(now, next) {
		this.#timeline.draw(now, next);
	}

	#clear() {
		this.#counts = { passed: 0, denied: 0, other: 0 };
		this.#timeline.clear();
		byId("log").replaceChildren();
		this.#render();
	}

	#render() {
		for (const [kind, count] of Object.entries(this.#counts)) {
			byId(`${kind}-count`).textContent = String(count);
		}
		const { passed, denied, other } = this.#counts;
		byId("log-empty").hidden = passed + denied + other > 0;
		byId("timeline").setAttribute("aria-label", `${passed} passed, ${denied} denied, ${other} other`);
	}

}

export function kindOf(status) {
	if (status === 429) {
		return "denied";
	}
	return (status !== null && status < 400) ? "passed" : "other";
}

function row(kind, { method, path, status, sentAt, receivedAt, limit, remaining, retryAfterMillis }) {
	const [time, millis] = timeOfDay(receivedAt);
	return element("tr", { class: kind },
			element("td", { class: "time" }, time, element("span", { class: "millis" }, millis)),
			element("td", {}, element("span", { class: "path" }, `${method} ${path}`)),
			element("td", { class: "status" }, element("b", {}, (status === null) ? "No answer" : String(status)),
					element("span", { class: "reason" }, ` ${REASONS[status] ?? ""}`)),
			element("td", { class: "number" }, (remaining === null) ? "–" : `${remaining}/${limit ?? "?"}`),
			element("td", { class: "number" }, (retryAfterMillis === null) ? "–" : duration(retryAfterMillis)),
			element("td", { class: "number took" }, `${Math.round(receivedAt - sentAt)} ms`));
}

function timeOfDay(monotonicMillis) {
	const date = new Date(performance.timeOrigin + monotonicMillis);
	const digits = (value, length) => String(value).padStart(length, "0");
	return [`${digits(date.getHours(), 2)}:${digits(date.getMinutes(), 2)}:${digits(date.getSeconds(), 2)}`,
		`.${digits(date.getMilliseconds(), 3)}`];
}
