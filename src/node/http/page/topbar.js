// The top bar, the line below it that says when something is wrong, and the word for screen readers.

import { byId, setAttribute, setHidden, setText } from "./dom.js";
import { duration, shortEpoch } from "./format.js";
import { alive, health } from "./model.js";

const ui = {};
for (const id of ["health", "health-word", "fact-leader", "fact-epoch", "fact-members", "fact-tasks", "fact-online", "live",
    "live-word", "notice", "notice-text", "notice-close", "spoken", "footer-node"]) ui[id] = byId(id);

ui["notice-close"].addEventListener("click", () => setHidden(ui.notice, true));

// For people: stays until dismissed, or until the next one. level: "ok", "warn", "bad".
export const say = (text, level = "ok") => {
    setText(ui["notice-text"], text);
    setAttribute(ui.notice, "data-level", level);
    setHidden(ui.notice, text === "");
};

let spokenState = "";

export const showTop = model => {
    const now = health(model);
    setAttribute(ui.health, "data-level", now.level);
    setText(ui["health-word"], now.word);
    setAttribute(ui.health, "title", now.why === "" ? now.word : `${now.word}: ${now.why}`);
    setText(ui["fact-leader"], model.leader === null ? "none" : `node ${model.leader}`);
    setAttribute(ui["fact-leader"], "data-level", model.leader === null ? "bad" : "ok");
    setText(ui["fact-epoch"], model.epoch === null ? "–" : shortEpoch(model.epoch));
    setAttribute(ui["fact-epoch"], "title", model.epoch ?? "");
    setText(ui["fact-members"], `${model.members.filter(alive).length}/${model.members.length}`);
    setText(ui["fact-tasks"], model.counts.running ?? 0);
    setText(ui["fact-online"], model.online);

    const self = model.members.find(member => member.self);
    setText(ui["footer-node"], self === undefined ? "CloudP2P" : `CloudP2P ${self.version} · node ${self.id} · up ${duration(self.uptime_ms)}`);
    document.title = `${now.level === "ok" ? "" : `${now.word} · `}${model.leader === null ? "no leader" : `node ${model.leader} leads`} · CloudP2P`;
    const spoken = `${now.word}. ${model.leader === null ? "No leader" : `Node ${model.leader} leads`}.`;
    if (spoken !== spokenState) setText(ui.spoken, spokenState = spoken);
};

// state: "wait", "ok", "bad".
export const showLive = (state, words) => {
    setAttribute(ui.live, "data-level", state);
    setText(ui["live-word"], words);
    setAttribute(document.body, "data-stale", state === "ok" ? "no" : "yes");
};
