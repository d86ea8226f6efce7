import { byId, element } from "./dom.js";
import { drawMeter } from "./meter.js";

/**
 * Shows what the visitor has used of each quota, as the service itself says it. To ask uses nothing up.
 */
export class Usage {

	#account;

	#asked = 0;

	/** @param {import("./account.js").Account} account who asks */
	constructor(account) {
		this.#account = account;
	}

	async load() {
		const asked = ++this.#asked;
		try {
			const token = await this.#account.accessToken();
			const response = await fetch("/rate-limit",
					{ cache: "no-store", headers: token ? { Authorization: `Bearer ${token}` } : {} });
			const { plan, quotas } = response.ok ? await response.json() : { plan: null, quotas: [] };
			if (asked === this.#asked) {
				byId("usage-plan").textContent = plan ? `Plan ${plan}` : "";
				byId("usage").replaceChildren(...quotas.map(row));
			}
		}
		catch {
			// What was shown stays until the server answers again.
		}
	}

}

function row(quota) {
	const meter = element("div", { "aria-hidden": "true" });
	drawMeter(meter, quota.limit, Math.min(quota.used, quota.limit));
	return element("li", { "data-policy": quota.policy },
			element("span", { class: "name" }, quota.policy),
			element("span", { class: "used" }, `${grouped(quota.used)} of ${grouped(quota.limit)}`, amount(quota), ` per ${quota.window}`),
			meter);
}

function grouped(number) {
	return number.toLocaleString("en");
}

function amount({ unit }) {
	return (unit === "bytes") ? " bytes" : "";
}
