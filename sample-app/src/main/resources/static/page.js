import { Account } from "./account.js";
import { byId } from "./dom.js";
import { Endpoint } from "./endpoint.js";
import { Quotas } from "./quotas.js";
import { Results } from "./results.js";

const TICK_MILLIS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 200;

const JSON_TYPE = "application/json";

const ENDPOINTS = [
	{ method: "GET", path: "/books", about: "by API key", withKey: true },
	{ method: "POST", path: "/books", about: "by API key", withKey: true, type: JSON_TYPE,
		body: () => JSON.stringify({ title: "On waiting in line" }) },
	{ method: "GET", path: "/articles", about: "by user or address" },
	{ method: "GET", path: "/contacts", about: "and by the contacts scope" },
	{ method: "GET", path: "/downloads", about: "and by the downloads scope" },
	{ method: "POST", path: "/uploads", about: "and by number and bytes", type: "text/plain",
		body: () => "x".repeat(1000) },
	{ method: "GET", path: "/reports", about: "and three at once" },
	{ method: "GET", path: "/ping", about: "never limited" }
];

const settings = { burst: 10, patient: false };
const quotas = new Quotas();
const results = new Results();
let lastUsed = null;

const account = new Account(() => {
	quotas.clear();
	endpoints.forEach((endpoint) => endpoint.reset());
	lastUsed = null;
	tick();
});

const policies = new Map(ENDPOINTS.map(({ path }) => [path, new Set()]));
const endpoints = ENDPOINTS.map((description) => new Endpoint(description, {
	account, quotas, results, policies: policies.get(description.path), settings: () => settings, used(endpoint) {
		lastUsed = endpoint;
		tick();
	}
}));

function tick() {
	const now = performance.now();
	endpoints.forEach((endpoint) => endpoint.render(now));
	results.tick(now, lastUsed && { path: lastUsed.path, at: lastUsed.opensAt(now) });
	byId("stop").hidden = !endpoints.some((endpoint) => endpoint.waiting);
}

byId("endpoints").append(...endpoints.map((endpoint) => endpoint.node));
byId("settings").addEventListener("submit", (event) => event.preventDefault());
byId("burst-size").addEventListener("input", ({ target }) => {
	if (target.validity.valid) {
		settings.burst = target.valueAsNumber;
		tick();
	}
});
byId("patient").addEventListener("change", ({ target }) => settings.patient = target.checked);
byId("stop").addEventListener("click", () => {
	endpoints.forEach((endpoint) => endpoint.stop());
	tick();
});
settings.patient = byId("patient").checked;
setInterval(tick, TICK_MILLIS);
tick();
