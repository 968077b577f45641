// Wakes the islands of a page: the only script the pages name, and it does nothing where there is no island.
// The build replaces the two file names by the hashed ones.

// An island's export is named in data-component. Outer islands come first, since an inner one may live in the
// children handed to an outer one and then needs the outer one's context, which `$$on_hydrate` restores.
async function wake() {
	const app = await import("./app.js");
	await app.default({ module_or_path: new URL("./app.wasm", import.meta.url) });
	app.hydrate();
	for (const island of document.querySelectorAll("leptos-island")) {
		const slot = island.parentElement.closest("leptos-children");
		if (slot && slot.$$on_hydrate) slot.$$on_hydrate();
		const start = app[island.dataset.component];
		if (start) await start(island);
	}
	document.documentElement.dataset.islands = "awake";
}

if (document.querySelector("leptos-island")) {
	// A browser too old for the module keeps the page as the server sent it: links and forms work without.
	const begin = () => wake().catch((error) => console.info("islands stay asleep:", error));
	if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 500 });
	else setTimeout(begin, 1);
}
