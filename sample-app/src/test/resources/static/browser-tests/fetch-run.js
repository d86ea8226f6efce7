import { cases } from "./fetch-cases.js";

const results = [];
for (const [name, run] of Object.entries(cases)) {
	let failure = null;
	try {
		await Promise.race([run(), timeout(10_000)]);
	}
	catch (error) {
		failure = `${error.message}\n${error.stack}`;
	}
	results.push({ name, failure });
	const item = document.createElement("li");
	item.textContent = failure ? `${name}: ${failure}` : name;
	document.getElementById("results").append(item);
}
window.caseResults = results;

function timeout(millis) {
	return new Promise((resolve, reject) => {
		setTimeout(() => reject(new Error(`not done after ${millis} ms`)), millis);
	});
}
