// What the page knows: the last frame of the live view, and what several frames together tell (heartbeat strips,
// rates). What single events tell is in history.js. Touches no document; the panels read it.

import { createHistory } from "./history.js";

const beatsKept = 60; // frames: 15 s
// A leader speaks every 20 ms, a follower every 500: what is late, and what fills a cell of the strip.
const patience = { leader: { late: 200, full: 300 }, follower: { late: 1000, full: 1600 } };
const transferShown = 6000; // ms after its end
const rateOver = 2000; // ms

export const createModel = () => {
    const model = {
        known: false, // a frame has come
        node: null,
        leader: null,
        epoch: null,
        serving: false, // the shown node leads and may answer
        members: [],
        online: 0,
        counts: {},
        openTasks: [],
        transfers: [],
        sideMax: 0,
        ahead: 0, // ms that the node's clock is ahead of ours
        moved: 0, // counts changes of who leads, for panels that ask the API
        beats: new Map(), // id -> [{ part, state }], the newest last; how late as a part of 1
        history: createHistory(),
    };
    const flights = new Map(); // transfers: key -> { …, samples, ended }

    const noteBeats = members => {
        const present = new Set();
        for (const member of members) {
            present.add(member.id);
            let beats = model.beats.get(member.id);
            if (beats === undefined) model.beats.set(member.id, beats = []);
            const { full } = patience[member.id === model.leader ? "leader" : "follower"];
            beats.push({ part: Math.min(1, Math.max(0, member.last_seen_ms) / full), state: member.state });
            if (beats.length > beatsKept) beats.shift();
        }
        for (const id of model.beats.keys()) if (!present.has(id)) model.beats.delete(id);
    };

    // Who works on a task is in frames; events of a follower do not say it.
    const noteTasks = () => {
        for (const { task, worker } of model.openTasks) {
            const known = model.history.tasks.get(task);
            if (known !== undefined) known.node ??= worker;
        }
    };

    const noteTransfers = (transfers, now) => {
        const present = new Set();
        for (const transfer of transfers) {
            const key = `${transfer.direction} ${transfer.kind} ${transfer.task}`;
            present.add(key);
            let flight = flights.get(key);
            if (flight === undefined) flights.set(key, flight = { key, begun: now, samples: [] });
            Object.assign(flight, transfer, { ended: null });
            flight.samples.push({ at: now, bytes: transfer.bytes });
            while (flight.samples.length > 2 && now - flight.samples[0].at > rateOver) flight.samples.shift();
        }
        for (const [key, flight] of flights) {
            if (present.has(key)) continue;
            flight.ended ??= now;
            if (now - flight.ended > transferShown) flights.delete(key);
        }
        model.transfers = [...flights.values()].sort((a, b) => (a.ended === null ? 0 : 1) - (b.ended === null ? 0 : 1) || b.begun - a.begun);
    };

    model.frame = (frame, now = performance.now()) => {
        if (!model.known || model.leader !== frame.leader) ++model.moved;
        model.known = true;
        model.node = frame.node;
        model.leader = frame.leader;
        model.serving = frame.is_leader;
        model.epoch = frame.epoch;
        model.online = frame.online_clients_count;
        model.counts = frame.tasks ?? {};
        model.members = frame.members ?? [];
        model.openTasks = frame.open_tasks ?? [];
        if (frame.time_ms !== undefined) model.ahead = frame.time_ms - Date.now();
        model.sideMax = frame.image_side_max ?? 0;
        noteBeats(model.members);
        noteTasks();
        noteTransfers(frame.transfers ?? [], now);
    };

    // An event may be ahead of the next frame: who leads is shown at once.
    model.event = (name, data) => {
        model.history.note(name, data, model.node);
        if (name !== "leader_changed" || !model.known) return;
        if (model.leader !== data.leader) ++model.moved;
        model.leader = data.leader;
        if (data.leader !== null) model.epoch = data.epoch;
    };

    model.forget = () => {
        model.history = createHistory();
        model.beats.clear();
        flights.clear();
    };

    return model;
};

export const late = (model, member) => member.last_seen_ms > patience[member.id === model.leader ? "leader" : "follower"].late;
export const alive = member => member.state !== "gone";

// What the top bar says, and why.
export const health = model => {
    if (!model.known) return { level: "wait", word: "Connecting", why: "" };
    if (model.leader === null) return { level: "bad", word: "No leader", why: "an election is going on, or a quorum is missing" };
    if (model.leader === model.node && !model.serving)
        return { level: "bad", word: "No leader", why: "this node leads, but too few others agree" };
    const silent = model.members.filter(member => member.state !== "alive");
    if (silent.length > 0)
        return { level: "warn", word: "Degraded", why: `${silent.length === 1 ? `node ${silent[0].id} is` : `${silent.length} nodes are`} silent` };
    if (model.members.length < 2) return { level: "warn", word: "Degraded", why: "one node alone: nothing takes over when it ends" };
    return { level: "ok", word: "Healthy", why: "" };
};

// Bytes a second over the last two seconds, null while one sample is all there is.
export const rate = flight => {
    const first = flight.samples[0];
    const last = flight.samples.at(-1);
    const ms = last.at - first.at;
    return ms > 0 ? (last.bytes - first.bytes) * 1000 / ms : null;
};
