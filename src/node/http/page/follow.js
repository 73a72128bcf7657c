// When the shown node stops answering: asks it and all others until one is ready, and goes there; but not before the
// shown one had its chance, for a slow network is no dead node.

const roundEvery = 150; // ms: an election takes about that long
const aliveIsEnough = 5000; // ms without a ready one: then any node that answers

// told: { trying({ since, asked }), back(anew), leave(api) }; `anew`: it answers, but the stream has to be opened
export const createFollower = told => {
    let worker = null; // the newest that has begun: its policy knows the members
    let known = ""; // the addresses that it may reach
    let round = 0;
    let since = null; // when the node was lost
    let timer = 0;
    let apis = [];
    let silent = false; // the shown node, once asked
    let ready = "";
    let alive = new Set();

    const listen = ({ data: { round: of, url, answer } }) => {
        if (since === null || of === undefined) return;
        const { host } = new URL(url);
        if (host === location.host && answer !== "silent") {
            stop();
            return told.back(true);
        }
        if (host === location.host) silent = true;
        else if (answer === "ready") ready ||= host;
        else if (answer === "alive") alive.add(host);
        if (silent && ready !== "") go(ready);
    };

    const go = host => {
        stop();
        told.leave(host);
    };

    const stop = () => {
        clearTimeout(timer);
        since = null;
    };

    const nextRound = () => {
        const waited = performance.now() - since;
        if (waited > aliveIsEnough && alive.size > 0) return go([...alive][0]);
        told.trying({ since, asked: apis.filter(api => api !== location.host) });
        const urls = [location.host, ...apis.filter(api => api !== location.host)].map(api => `${location.protocol}//${api}/readyz`);
        worker?.postMessage({ round: ++round, urls });
        timer = setTimeout(nextRound, Math.min(2000, roundEvery * (1 + Math.floor(waited / 3000))));
    };

    return {
        // Of the members, whenever a frame came.
        members: addresses => {
            apis = addresses;
            const wanted = [...addresses].sort().join(" ");
            if (wanted === known || since !== null) return;
            known = wanted;
            const fresh = new Worker("/ui/probe.js", { type: "module" });
            fresh.addEventListener("message", message => {
                if (!message.data.begun) return listen(message);
                worker?.terminate();
                worker = fresh;
            });
        },
        lost: () => {
            if (since !== null) return;
            since = performance.now();
            silent = false;
            ready = "";
            alive = new Set();
            nextRound();
        },
        // The stream goes on.
        answered: () => {
            if (since === null) return;
            stop();
            told.back(false);
        },
    };
};
