import { duration, graphic } from "./dom.js";

const SPAN_MILLIS = 60_000;
const TICK_MILLIS = 20_000;
const AXIS_Y = 66;
const STACK_HEIGHT = 56;
const CELL = 8;
const GAP = 2;

/**
 * The minute before now and the minute after it: answers as stacks of cells, those that passed above the axis and all
 * others below, and the moment from which the next request may pass.
 */
export class Timeline {

	#svg;

	#results = [];

	constructor(svg) {
		this.#svg = svg;
	}

	/** @param {{ kind: "passed" | "denied" | "other", at: number }} result */
	add(result) {
		this.#results.push(result);
	}

	clear() {
		this.#results = [];
	}

	draw(now, next) {
		this.#results = this.#results.filter((result) => result.at > now - SPAN_MILLIS - TICK_MILLIS);
		const width = this.#svg.clientWidth;
		const x = (at) => (at - now + SPAN_MILLIS) / (2 * SPAN_MILLIS) * width;
		this.#svg.replaceChildren(...axis(now, width, x), ...this.#cells(x, width), ...marker(now, next, x, width));
	}

	#cells(x, width) {
		const bucketMillis = Math.ceil((CELL + GAP) / width * 2 * SPAN_MILLIS / 500) * 500;
		const stacks = new Map();
		for (const { kind, at } of this.#results) {
			const start = Math.floor(at / bucketMillis) * bucketMillis;
			const side = (kind === "passed") ? 1 : -1;
			const key = `${side} ${start}`;
			const stack = stacks.get(key) ?? { start, side, kinds: [] };
			stack.kinds.push(kind);
			stacks.set(key, stack);
		}
		const highest = Math.max(1, ...[...stacks.values()].map((stack) => stack.kinds.length));
		const step = Math.min(CELL + GAP, STACK_HEIGHT / highest);
		const height = Math.max(1, step - Math.min(GAP, step / 4));
		return [...stacks.values()].flatMap(({ start, side, kinds }) => kinds.map((kind, index) => graphic("rect", {
			class: kind, x: String(x(start) - CELL), width: String(CELL), height: String(height), rx: "1",
			y: String((side > 0) ? AXIS_Y - 3 - index * step - height : AXIS_Y + 3 + index * step)
		})));
	}

}

function axis(now, width, x) {
	const marks = [graphic("line", { class: "axis", x1: "0", x2: String(width), y1: String(AXIS_Y), y2: String(AXIS_Y) })];
	for (let offset = -SPAN_MILLIS + TICK_MILLIS; offset < SPAN_MILLIS; offset += TICK_MILLIS) {
		const at = String(x(now + offset));
		const sign = (offset > 0) ? "+" : "−";
		marks.push(graphic("line", { class: offset ? "tick" : "now", x1: at, x2: at, y1: "8", y2: "126" }),
				graphic("text", { x: at, y: "141" }, offset ? `${sign}${Math.abs(offset) / 1000} s` : "now"));
	}
	return marks;
}

function marker(now, next, x, width) {
	if (!next || next.at <= now) {
		return [];
	}
	const at = Math.min(x(next.at), width - 2);
	const left = at > width * 0.75;
	return [
		graphic("line", { class: "next", x1: String(at), x2: String(at), y1: "8", y2: "126" }),
		graphic("text", { class: left ? "next-label before" : "next-label after", x: String(left ? at - 6 : at + 6), y: "18" },
				`${next.path} in ${duration(next.at - now)}`)
	];
}
