import { element } from "./dom.js";

const MAX_CELLS = 20;

/** Draws what is left of a limit, in a cell for each permit if there are few. */
export function drawMeter(meter, { limit, remaining }) {
	const whole = limit > MAX_CELLS;
	meter.className = whole ? "meter whole" : "meter";
	const cells = Array.from({ length: whole ? 1 : limit }, (unused, index) => {
		return element("span", (whole || index < remaining) ? { class: "left" } : {});
	});
	if (whole) {
		cells[0].style.flex = "none";
		cells[0].style.width = `${100 * remaining / limit}%`;
	}
	meter.replaceChildren(...cells);
}
