import { announce, byId } from "./dom.js";

const STORE = "throttle-sample";

const NAMES = { username: "User name", email: "Email", password: "Password" };

/** Renewed this long before it runs out, in milliseconds. */
const RENEWAL_MILLIS = 30_000;

/**
 * Who the visitor is: signs up, logs in, and keeps the tokens and the key for as long as the tab is open.
 */
export class Account {

	#session = read();

	#summary = null;

	#renewal = null;

	#changed;

	/**
	 * @param {() => void} changed is called when the visitor becomes somebody else
	 */
	constructor(changed) {
		this.#changed = changed;
		byId("show-signup").addEventListener("click", () => this.#show("signup"));
		byId("show-login").addEventListener("click", () => this.#show("login"));
		byId("signup").addEventListener("submit", (event) => this.#submit(event, (form) => this.#signUp(form)));
		byId("login").addEventListener("submit", (event) => this.#submit(event, (form) => this.#logIn(form)));
		byId("log-out").addEventListener("click", () => this.#enter(null));
		byId("copy-key").addEventListener("click", () => this.#copyKey());
		byId("replace-key").addEventListener("click", () => this.#confirmReplace());
		this.#render();
		this.#loadSummary();
	}

	get username() {
		return this.#session?.username ?? null;
	}

	get apiKey() {
		return this.#session?.apiKey ?? null;
	}

	/** Returns a valid access token, or null for nobody. */
	async accessToken() {
		if (this.#session && Date.now() > this.#session.expiresAt - RENEWAL_MILLIS) {
			this.#renewal ??= this.#renew().finally(() => this.#renewal = null);
			await this.#renewal;
		}
		return this.#session?.accessToken ?? null;
	}

	async #signUp(form) {
		const { username, email, password } = values(form);
		const signUp = await post("/users/signup", { username, email, password });
		if (!signUp.ok) {
			await showProblem(form, signUp);
			return;
		}
		const { username: name, apiKey } = await signUp.json();
		const login = await post("/users/login", { username, password });
		if (!login.ok) {
			this.#show("login");
			byId("login-username").value = username;
			await showProblem(byId("login"), login);
			return;
		}
		this.#enter({ username: name, apiKey, ...tokens(await login.json()) });
		announce(`Signed up as ${name}. Your API key is ready.`);
	}

	async #logIn(form) {
		const { username, password } = values(form);
		const login = await post("/users/login", { username, password });
		if (login.status === 401) {
			formError(form, "The user name or the password is wrong.");
			return;
		}
		if (!login.ok) {
			await showProblem(form, login);
			return;
		}
		this.#enter({ username, apiKey: null, ...tokens(await login.json()) });
		announce(`Logged in as ${username}.`);
		await this.#loadSummary();
	}

	async #renew() {
		const response = await post("/users/login/refresh", { refreshToken: this.#session.refreshToken });
		if (response.ok) {
			this.#session = { ...this.#session, ...tokens(await response.json()) };
			write(this.#session);
		}
		else if (response.status === 401) {
			this.#enter(null);
			this.#show("login");
			formError(byId("login"), "Your log-in has run out. Log in again.");
		}
	}

	async #loadSummary() {
		if (!this.#session || this.#session.apiKey) {
			return;
		}
		const response = await this.#withToken("GET", "/users/api-key");
		this.#summary = response?.ok ? await response.json() : null;
		this.#render();
	}

	async #confirmReplace() {
		const dialog = byId("confirm-replace");
		dialog.returnValue = "cancel";
		dialog.showModal();
		await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
		if (dialog.returnValue !== "replace") {
			return;
		}
		const response = await this.#withToken("PUT", "/users/api-key");
		if (response?.ok) {
			const { apiKey } = await response.json();
			this.#enter({ ...this.#session, apiKey });
			announce("The new key is ready. The old one has stopped working.");
		}
		else if (this.#session) {
			byId("account-error").textContent = response ? await sentence(response) : "The server does not answer.";
		}
	}

	async #withToken(method, path) {
		try {
			const token = await this.accessToken();
			return token && await fetch(path, { method, cache: "no-store", headers: { Authorization: `Bearer ${token}` } });
		}
		catch {
			return null;
		}
	}

	async #copyKey() {
		const button = byId("copy-key");
		try {
			await navigator.clipboard.writeText(this.apiKey);
			button.textContent = "Copied";
			announce("The key is copied.");
		}
		catch {
			getSelection().selectAllChildren(byId("api-key"));
			button.textContent = "Selected: press Ctrl+C";
		}
		setTimeout(() => button.textContent = "Copy", 2500);
	}

	async #submit(event, send) {
		event.preventDefault();
		const form = event.target;
		clearErrors(form);
		const errors = missing(form);
		if (errors.length) {
			showErrors(form, errors);
			return;
		}
		const button = form.querySelector("[type=submit]");
		button.disabled = true;
		try {
			await send(form);
		}
		catch {
			formError(form, "The server does not answer. Try again in a moment.");
		}
		finally {
			button.disabled = false;
		}
	}

	#enter(session) {
		const somebodyElse = session?.username !== this.#session?.username;
		this.#session = session;
		this.#summary = null;
		write(session);
		for (const id of ["signup", "login"]) {
			byId(id).reset();
			clearErrors(byId(id));
		}
		this.#render();
		if (somebodyElse) {
			this.#changed();
		}
	}

	#show(id) {
		for (const name of ["signup", "login"]) {
			byId(name).hidden = name !== id;
			byId(`show-${name}`).setAttribute("aria-pressed", String(name === id));
		}
	}

	#render() {
		const session = this.#session;
		byId("signed-out").hidden = session !== null;
		byId("signed-in").hidden = session === null;
		byId("log-out").hidden = session === null;
		byId("identity").textContent = session ? `Logged in as ${session.username}` : "Not logged in";
		byId("account-error").textContent = "";
		byId("copy-key").hidden = !session?.apiKey;
		if (session?.apiKey) {
			byId("api-key").textContent = session.apiKey;
			byId("api-key-note").textContent = "It is shown in full only now: copy it if you need it later.";
		}
		else if (this.#summary) {
			const { prefix, lastFour, createdAt } = this.#summary;
			byId("api-key").textContent = `${prefix}…${lastFour}`;
			byId("api-key-note").textContent = `Made on ${new Date(createdAt).toLocaleString(undefined,
				{ dateStyle: "medium", timeStyle: "short" })}. Nobody can show it in full again; for requests to /books from `
				+ "here, make a new one.";
		}
		else {
			byId("api-key").textContent = "…";
			byId("api-key-note").textContent = "";
		}
	}

}

function post(path, body) {
	return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function tokens({ accessToken, refreshToken, expiresIn }) {
	return { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 };
}

function values(form) {
	return Object.fromEntries(new FormData(form));
}

/** What need not be asked of the server. */
function missing(form) {
	return Object.entries(values(form)).flatMap(([field, value]) => {
		if (!value) {
			return [{ field, message: "is missing" }];
		}
		return (form.id === "signup" && field === "password" && value.length < 8)
			? [{ field, message: "must have at least 8 characters" }] : [];
	});
}

async function showProblem(form, response) {
	const problem = await response.clone().json().catch(() => ({}));
	const shown = showErrors(form, problem.errors ?? []);
	if (!shown) {
		formError(form, await sentence(response));
	}
}

/** Shows the errors beside their fields; returns whether there was a field for one. */
function showErrors(form, errors) {
	let first = null;
	for (const { field, message } of errors) {
		const input = form.elements.namedItem(field);
		if (input) {
			const error = byId(`${input.id}-error`);
			error.textContent = `${error.textContent} ${NAMES[field]} ${message}.`.trim();
			input.setAttribute("aria-invalid", "true");
			first ??= input;
		}
	}
	first?.focus();
	return first !== null;
}

function clearErrors(form) {
	for (const error of form.querySelectorAll(".field-error, .form-error")) {
		error.textContent = "";
	}
	for (const input of form.querySelectorAll("input")) {
		input.removeAttribute("aria-invalid");
	}
}

function formError(form, text) {
	form.querySelector(".form-error").textContent = text;
}

async function sentence(response) {
	const seconds = response.headers.get("Retry-After");
	if (response.status === 429 && seconds) {
		return `Too many attempts. Try again in ${seconds} ${seconds === "1" ? "second" : "seconds"}.`;
	}
	const problem = await response.json().catch(() => ({}));
	return problem.detail ?? `The server answered ${response.status}.`;
}

function read() {
	try {
		return JSON.parse(sessionStorage.getItem(STORE));
	}
	catch {
		return null;
	}
}

function write(session) {
	try {
		if (session) {
			sessionStorage.setItem(STORE, JSON.stringify(session));
		}
		else {
			sessionStorage.removeItem(STORE);
		}
	}
	catch {
		// Without storage the session lives as long as the page.
	}
}
