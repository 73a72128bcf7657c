// Who led when: a lane of the last ten minutes, and the elections with reason and duration, the newest first.

import { byId, keyedList, make, setAttribute, setHidden, setText } from "./dom.js";
import { clock, day, duration, plural, reason, shortEpoch } from "./format.js";

const spans = [1, 2, 5, 10]; // minutes of the lane: the shortest that holds all, or the last
const hues = 6; // kinds of colour for leaders, by id

const createTerm = () => {
    const label = make("span");
    return { root: make("i", {}, label), label };
};
const place = (root, left, width) => {
    const leftText = `${(left * 100).toFixed(2)}%`;
    const widthText = `${(width * 100).toFixed(2)}%`;
    if (root.style.left !== leftText) root.style.left = leftText;
    if (root.style.width !== widthText) root.style.width = widthText;
};
const updateTerm = (parts, { term, left, width }) => {
    place(parts.root, left, width);
    setAttribute(parts.root, "data-hue", term.leader === null ? "none" : term.leader % hues);
    setText(parts.label, term.leader === null || width < 0.12 ? "" : `node ${term.leader}`);
    setAttribute(parts.root, "title", term.leader === null ? `no leader from ${clock(term.from)}` : `node ${term.leader} from ${clock(term.from)}, ${reason(term.reason)}`);
};

const spanOf = (terms, now) => {
    const age = terms.length === 0 ? 0 : (now - terms[0].from) / 60_000;
    return (spans.find(minutes => minutes >= age) ?? spans.at(-1)) * 60_000;
};
// What of it stands in the lane, which ends now.
const onLane = (terms, now, span) => terms
    .map(term => ({ term, from: Math.max(term.from, now - span), to: Math.min(term.to ?? now, now) }))
    .filter(item => item.to >= item.from && item.to > now - span)
    .map(item => ({ term: item.term, left: 1 - (now - item.from) / span, width: (item.to - item.from) / span }));

const keyOf = term => `${term.from} ${term.leader}`;

const createRow = () => {
    const parts = { time: make("td", { class: "time" }), leader: make("td"), epoch: make("td", { class: "quiet" }), why: make("td"), gap: make("td", { class: "num" }) };
    parts.root = make("tr", {}, parts.time, parts.leader, parts.epoch, parts.why, parts.gap);
    return parts;
};
const updateRow = (parts, term) => {
    setText(parts.time, clock(term.from));
    setAttribute(parts.time, "title", day(term.from));
    setText(parts.leader, `node ${term.leader}`);
    setText(parts.epoch, shortEpoch(term.epoch));
    setAttribute(parts.epoch, "title", term.epoch);
    setText(parts.why, reason(term.reason));
    setText(parts.gap, term.gap === null ? "–" : term.gap === 0 ? "< 1 ms" : duration(term.gap));
};

// When nobody leads now, the first line says since when.
const createPending = body => {
    const cell = make("td", { colspan: 5 });
    const row = make("tr", { class: "pending" }, cell);
    return (term, now) => {
        if (term === undefined || term.leader !== null || term.to !== null) return row.remove();
        setText(cell, `No leader for ${duration(Math.max(0, now - term.from))}: electing`);
        if (body.firstElementChild !== row) body.prepend(row);
    };
};

export const createElections = model => {
    const body = byId("elections");
    const lane = byId("terms");
    const showLane = keyedList(lane, item => keyOf(item.term), createTerm, updateTerm);
    const pending = createPending(body);
    const showRows = keyedList(body, keyOf, createRow, updateRow);
    return () => {
        const now = Date.now() + model.ahead;
        const { terms } = model.history;
        const span = spanOf(terms, now);
        const shown = onLane(terms, now, span);
        showLane(shown);
        setText(byId("terms-begin"), `${span / 60_000} min ago`);
        pending(undefined, now);
        const elected = terms.filter(term => term.leader !== null);
        showRows([...elected].reverse().slice(0, 20));
        pending(terms.at(-1), now);
        setHidden(byId("elections-empty"), terms.length > 0);
        const last = elected.at(-1);
        setText(byId("elections-note"), last === undefined ? "" : model.leader === null ? plural(elected.length, "election") : `${plural(elected.length, "election")} · node ${last.leader} for ${duration(Math.max(0, now - last.from))}`);
        setAttribute(lane, "aria-label", `Who led in the last ${span / 60_000} min: ${shown.map(item => item.term.leader === null ? "nobody" : `node ${item.term.leader}`).join(", ")}`);
    };
};
