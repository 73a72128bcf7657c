// Tasks (open ones from the live view, ended ones from events) and transfers with bar and rate.

import { byId, keyedList, make, setAttribute, setHidden, setText } from "./dom.js";
import { bytes, duration, plural, shortTask } from "./format.js";
import { rate } from "./model.js";

const rowsShown = 14;
const stages = ["held", "running", "done", "failed"]; // of open ones
const stageWords = { held: "waiting", running: "running", done: "done", failed: "failed" };

const createStage = stage => {
    const count = make("b");
    return { root: make("li", { "data-stage": stage }, count, make("span", {}, stageWords[stage])), count };
};

const rowsOf = model => {
    const rows = new Map();
    for (const task of model.history.tasks.values()) rows.set(task.task, { ...task });
    for (const task of model.openTasks) {
        const known = rows.get(task.task);
        rows.set(task.task, { begun: Infinity, ended: null, reason: "", ...known, task: task.task, user: task.user, stage: task.stage, node: task.worker ?? known?.node ?? null });
    }
    const later = (a, b) => (b.begun > a.begun ? 1 : 0) - (b.begun < a.begun ? 1 : 0);
    const open = row => row.stage === "running" || row.stage === "held" ? 0 : 1;
    return [...rows.values()].sort((a, b) => open(a) - open(b) || later(a, b)).slice(0, rowsShown);
};

const createRow = () => {
    const parts = { id: make("td", { class: "id" }), user: make("td", { class: "clip" }), stage: make("span", { class: "stage" }), took: make("span", { class: "detail" }), node: make("td", { class: "num" }) };
    parts.root = make("tr", {}, parts.id, parts.user, make("td", {}, parts.stage, parts.took), parts.node);
    return parts;
};
const updateRow = (parts, row) => {
    const prefix = `${row.user}-`;
    setText(parts.id, shortTask(row.task.startsWith(prefix) ? row.task.slice(prefix.length) : row.task));
    setAttribute(parts.id, "title", row.task);
    setText(parts.user, row.user);
    setAttribute(parts.user, "title", row.user);
    setText(parts.stage, row.stage === "finished" ? "delivered" : stageWords[row.stage] ?? row.stage);
    setAttribute(parts.stage, "data-stage", row.stage);
    const ms = row.ended === null ? 0 : row.ended - row.begun;
    const took = ms > 0 ? duration(ms) : "";
    setText(parts.took, row.reason === "" ? took : row.stage === "failed" ? row.reason : `${took === "" ? "" : `${took}, `}${row.reason}`);
    setText(parts.node, row.node ?? "–");
};

export const createTasks = model => {
    const showStages = keyedList(byId("stages"), stage => stage, createStage, (parts, stage) => {
        setText(parts.count, model.counts[stage] ?? 0);
        setAttribute(parts.root, "data-none", (model.counts[stage] ?? 0) === 0);
    });
    const showRows = keyedList(byId("tasks"), row => row.task, createRow, updateRow);
    return () => {
        showStages(stages);
        const rows = rowsOf(model);
        showRows(rows);
        setHidden(byId("tasks-empty"), rows.length > 0);
        const open = Object.values(model.counts).reduce((sum, count) => sum + count, 0);
        setText(byId("tasks-note"), model.known ? `${open} open` : "");
    };
};

const createFlight = () => {
    const fill = make("i");
    const parts = { what: make("span", { class: "clip" }), numbers: make("span", { class: "numbers" }), bar: make("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, fill), fill };
    parts.root = make("li", {}, make("div", { class: "line" }, parts.what, parts.numbers), parts.bar);
    return parts;
};
const updateFlight = (parts, flight) => {
    // It left the list between two frames: whole, unless its task says otherwise.
    const ended = flight.ended !== null;
    const percent = ended ? 100 : flight.total === 0 ? 0 : Math.min(100, flight.bytes * 100 / flight.total);
    setText(parts.what, `${flight.direction === "in" ? "↓" : "↑"} ${flight.kind} ${shortTask(flight.task)}`);
    setAttribute(parts.what, "title", `${flight.kind} of task ${flight.task}, ${flight.direction === "in" ? "to" : "from"} this node`);
    const speed = rate(flight);
    setText(parts.numbers, ended ? `${bytes(flight.total)} · ended`
        : `${bytes(flight.bytes)} of ${bytes(flight.total)}${speed === null ? "" : ` · ${bytes(Math.max(0, Math.round(speed)))}/s`}`);
    setAttribute(parts.bar, "aria-valuenow", Math.round(percent));
    setAttribute(parts.root, "data-ended", ended);
    const width = `${percent.toFixed(1)}%`;
    if (parts.fill.style.width !== width) parts.fill.style.width = width;
};

export const createTransfers = model => {
    const show = keyedList(byId("transfers"), flight => flight.key, createFlight, updateFlight);
    return () => {
        show(model.transfers.slice(0, rowsShown));
        setHidden(byId("transfers-empty"), model.transfers.length > 0);
        const running = model.transfers.filter(flight => flight.ended === null);
        const sum = running.reduce((total, flight) => total + Math.max(0, rate(flight) ?? 0), 0);
        setText(byId("transfers-note"), running.length === 0 ? "" : `${plural(running.length, "transfer")} · ${bytes(Math.round(sum))}/s`);
    };
};
