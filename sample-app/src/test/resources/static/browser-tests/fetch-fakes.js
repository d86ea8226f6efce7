/** A clock that moves by hand, and runs the timers that are due. */
export class ManualClock {

	static START = Date.parse("2026-03-01T12:00:00Z");

	#elapsed = 0;

	#timers = new Map();

	#last = 0;

	/** How much too early the next timer fires, in milliseconds. */
	early = 0;

	now() {
		return ManualClock.START + this.#elapsed;
	}

	monotonic() {
		return this.#elapsed;
	}

	setTimeout(task, millis) {
		this.#timers.set(++this.#last, { task, due: this.#elapsed + Math.max(0, millis - this.early) });
		this.early = 0;
		return this.#last;
	}

	clearTimeout(timer) {
		this.#timers.delete(timer);
	}

	get timers() {
		return this.#timers.size;
	}

	/** Moves on by that many milliseconds, timer by timer. */
	async advance(millis) {
		const end = this.#elapsed + millis;
		await settle();
		for (;;) {
			const due = [...this.#timers].filter(([, timer]) => timer.due <= end)
				.sort(([, one], [, other]) => one.due - other.due)[0];
			if (!due) {
				break;
			}
			this.#timers.delete(due[0]);
			this.#elapsed = Math.max(this.#elapsed, due[1].due);
			due[1].task();
			await settle();
		}
		this.#elapsed = end;
	}

}

/** A fetch that gives the prepared answers, the last one for ever, and keeps what was sent and when. */
export class FakeFetch {

	calls = [];

	#answers;

	#clock;

	constructor(clock, ...answers) {
		this.#clock = clock;
		this.#answers = answers;
	}

	get fetch() {
		return async (input, init) => {
			this.calls.push({ input, init, at: this.#clock.monotonic() });
			init?.signal?.throwIfAborted();
			const answer = (this.#answers.length > 1) ? this.#answers.shift() : this.#answers[0];
			return answer();
		};
	}

	get times() {
		return this.calls.map((call) => call.at);
	}

}

export function ok() {
	return new Response("fine", { status: 200 });
}

/** Makes answers with that status and those headers. */
export function answer(status, headers = {}) {
	return () => new Response(`answer ${status}`, { status, headers });
}

/** Lets all promises that are ready run. */
export function settle() {
	return new Promise((resolve) => {
		const channel = new MessageChannel();
		channel.port1.onmessage = () => {
			channel.port1.close();
			resolve();
		};
		channel.port2.postMessage(null);
	});
}

export function assertEquals(actual, expected) {
	const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
	if (left !== right) {
		throw new Error(`expected ${right} but was ${left}`);
	}
}

/** Fails unless the promise is rejected; returns why it is. */
export async function rejection(promise) {
	try {
		await promise;
	}
	catch (error) {
		return error;
	}
	throw new Error("expected a rejection");
}
