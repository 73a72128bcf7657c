// The table of members: one row each, kept; a frame writes only the cells that changed.

import { byId, draw, keyedList, make, setAttribute, setHidden, setText } from "./dom.js";
import { duration, plural } from "./format.js";
import { alive } from "./model.js";

const cells = 60; // of the strip, one a frame
const height = 18;

const tall = beat => Math.round(2 + Math.sqrt(beat.part) * (height - 2));

// One path for each state: three elements a member instead of sixty.
const strip = (beats, state) => {
    let path = "";
    const start = cells - beats.length;
    for (let index = 0; index < beats.length; ++index) {
        if (beats[index].state !== state) continue;
        const up = state === "alive" ? tall(beats[index]) : height;
        path += `M${(start + index) * 3 + 1} ${height}v-${up}`;
    }
    return path;
};

const meter = () => {
    const fill = make("i");
    const value = make("span", { class: "value" });
    const made = make("span");
    const tasks = make("span", { class: "narrow" });
    const detail = make("span", { class: "detail" }, made, tasks);
    return { root: make("div", { class: "meter" }, make("span", { class: "track" }, fill), value, detail), fill, value, made, tasks };
};

// What the score is made of, beside the tasks; nodes of older versions tell the score alone.
const partsOf = member => member.cpu_percent === undefined ? ""
    : `cpu ${Math.round(member.cpu_percent)} % · memory ${Math.round(member.memory_percent)} %`;

const create = member => {
    const parts = {
        name: make("span", { class: "id" }),
        badges: make("span", { class: "badges" }),
        state: make("span", { class: "state" }),
        load: meter(),
        tasks: make("td", { class: "num" }),
        seen: make("td", { class: "num" }),
        address: make("span"),
        api: make("a", { class: "detail" }),
        version: make("td", { class: "quiet" }),
        lines: {},
    };
    const picture = draw("svg", { class: "strip", viewBox: `0 0 ${cells * 3} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const state of ["alive", "suspect", "gone"]) picture.append(parts.lines[state] = draw("path", { class: state }));
    parts.root = make("tr", { "data-node": member.id },
        make("th", { scope: "row" }, parts.name, parts.badges),
        make("td", {}, parts.state),
        make("td", {}, parts.load.root),
        parts.tasks, parts.seen,
        make("td", {}, picture),
        make("td", { class: "quiet" }, parts.address, parts.api),
        parts.version);
    return parts;
};

const words = { alive: "alive", suspect: "silent", gone: "gone" };

const showBadges = (parts, member, leads) => {
    const wanted = `${leads ? "leader" : ""} ${member.self ? "self" : ""}`;
    if (parts.shown === wanted) return;
    parts.shown = wanted;
    parts.badges.replaceChildren();
    if (leads) parts.badges.append(make("span", { class: "badge leader" }, "leader"));
    if (member.self) parts.badges.append(make("span", { class: "badge" }, "this node"));
};

const update = model => (parts, member) => {
    const leads = member.id === model.leader;
    setAttribute(parts.root, "data-state", member.state);
    setAttribute(parts.root, "data-leads", leads);
    setText(parts.name, member.id);
    showBadges(parts, member, leads);
    setText(parts.state, words[member.state] ?? member.state);

    const load = Math.max(0, Math.min(100, member.load));
    setText(parts.load.value, load.toFixed(1));
    const width = `${load.toFixed(1)}%`;
    if (parts.load.fill.style.width !== width) parts.load.fill.style.width = width;
    setAttribute(parts.load.fill, "data-high", load >= 80);

    const made = partsOf(member);
    setText(parts.load.made, made);
    setText(parts.load.tasks, `${made === "" ? "" : " · "}${plural(member.tasks, "task")}`); // where there is no column for it

    setText(parts.tasks, member.tasks);
    setText(parts.seen, member.self ? "–" : duration(member.last_seen_ms));
    setText(parts.address, member.address === "" ? "–" : member.address);
    setText(parts.api, member.api === null ? "no API" : `API ${member.api}`);
    if (member.api === null || member.state === "gone") parts.api.removeAttribute("href");
    else setAttribute(parts.api, "href", `${location.protocol}//${member.api}/ui`);
    setText(parts.version, member.version);

    const beats = model.beats.get(member.id) ?? [];
    for (const [state, line] of Object.entries(parts.lines)) setAttribute(line, "d", strip(beats, state));
};

export const createMembers = model => {
    const body = byId("members");
    const note = byId("members-note");
    const show = keyedList(body, member => member.id, create, update(model));
    return () => {
        show(model.members);
        const gone = model.members.filter(member => !alive(member)).length;
        setText(note, !model.known ? "" : plural(model.members.length - gone, "node") + (gone > 0 ? `, ${gone} gone` : ""));
        setHidden(note, !model.known);
    };
};
