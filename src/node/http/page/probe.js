// A worker that asks nodes whether they are ready. A worker, because its Content-Security-Policy comes with its own
// file: the page starts a new one when the members change, and so may reach those that came after the page.

const answerWithin = 700; // ms

// "ready", "alive" (answers, but has no leader, or does not tell us) or "silent".
const ask = async url => {
    try {
        const response = await fetch(url, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(answerWithin) });
        return response.ok ? "ready" : "alive";
    } catch {
        if (new URL(url).origin === self.location.origin) return "silent";
    }
    // No answer, or none that this page may read: it may be open under another name of its node.
    try {
        await fetch(url, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(answerWithin) });
        return "alive";
    } catch {
        return "silent";
    }
};

self.addEventListener("message", ({ data: { round, urls } }) => {
    for (const url of urls) ask(url).then(answer => self.postMessage({ round, url, answer }));
});
self.postMessage({ begun: true });
