import { Account } from "./account.js";
import { byId } from "./dom.js";
import { Endpoint } from "./endpoint.js";
import { Quotas } from "./quotas.js";
import { Results } from "./results.js";
import { Usage } from "./usage.js";

const TICK_MILLIS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 200;

const JSON_TYPE = "application/json";

const ENDPOINTS = [
	{ method: "GET", path: "/books", about: "your API key's limit", withKey: true },
	{ method: "POST", path: "/books", about: "your API key's limit", withKey: true, type: JSON_TYPE,
		body: () => JSON.stringify({ title: "On waiting in line" }) },
	{ method: "GET", path: "/articles", about: "default limits" },
	{ method: "GET", path: "/contacts", about: "default limits, contacts" },
	{ method: "GET", path: "/downloads", about: "default limits, downloads" },
	{ method: "POST", path: "/uploads", about: "default limits, by size", type: "text/plain",
		body: () => "x".repeat(1000) },
	{ method: "GET", path: "/reports", about: "default limits, 3 at once" },
	{ method: "GET", path: "/ping", about: "no limit" }
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
	usage.load();
});
const usage = new Usage(account);

const policies = new Map(ENDPOINTS.map(({ path }) => [path, new Set()]));
const endpoints = ENDPOINTS.map((description) => new Endpoint(description, {
	account, quotas, results, policies: policies.get(description.path), settings: () => settings, used(endpoint) {
		lastUsed = endpoint;
		tick();
	}, finished: () => usage.load()
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
usage.load();
