import { element } from "./dom.js";

const MAX_CELLS = 20;

/** Fills a part of a limit, in a cell for each permit if there are few. */
export function drawMeter(meter, limit, filled) {
	const whole = limit > MAX_CELLS;
	meter.className = whole ? "meter whole" : "meter";
	const cells = Array.from({ length: whole ? 1 : limit }, (unused, index) => {
		return element("span", (whole || index < filled) ? { class: "filled" } : {});
	});
	if (whole) {
		cells[0].style.flex = "none";
		cells[0].style.width = `${100 * filled / limit}%`;
	}
	meter.replaceChildren(...cells);
}
