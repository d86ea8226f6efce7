/**
 * Makes an element. Children are elements or text, which is never read as markup.
 *
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
	return fill(document.createElement(name), attributes, children);
}

/** Makes an SVG element, as element does. */
export function graphic(name, attributes = {}, ...children) {
	return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

export function byId(id) {
	return document.getElementById(id);
}

/** Has screen readers say a sentence. */
export function announce(sentence) {
	byId("announcement").textContent = sentence;
}

/** Says a time as people do, in whole seconds, rounded up. */
export function duration(millis) {
	const seconds = Math.ceil(Math.max(0, millis) / 1000);
	if (seconds < 100) {
		return `${seconds} s`;
	}
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	return hours ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

function fill(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		node.setAttribute(name, value);
	}
	node.append(...children);
	return node;
}
