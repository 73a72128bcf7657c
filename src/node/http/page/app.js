// The page: the stream of events fills the model, and at most four times a second the panels show it.

import { byId, setHidden, setText } from "./dom.js";
import { createElections } from "./elections.js";
import { createFollower } from "./follow.js";
import { clock, duration } from "./format.js";
import { createLive } from "./live.js";
import { createMembers } from "./members.js";
import { createModel } from "./model.js";
import { arrival, leaveFor, login } from "./session.js";
import { say, showLive, showTop } from "./topbar.js";
import { createTopology } from "./topology.js";
import { createTasks, createTransfers } from "./work.js";

const frameGap = 250; // ms
const model = createModel();
const panels = [createMembers(model), createTopology(model), createElections(model), createTasks(model), createTransfers(model)];

// What comes after the first view: panels that ask the API for more than frames, and the worker that probes the members.
let gallery = null;
const asking = [];
let viewed = false;
const reach = () => follower.members(model.members.filter(member => member.api !== null && !member.self).map(member => member.api));
const goOn = async () => {
    viewed = true;
    reach();
    const [{ createGallery }, { createDoctor }] = await Promise.all([import("./gallery.js"), import("./doctor.js")]);
    gallery = createGallery(model, arrival.user);
    asking.push(gallery, createDoctor(model));
    plan();
};

// --- drawing
let painted = -Infinity;
let planned = false;
const paint = () => {
    planned = false;
    painted = performance.now();
    if (!model.known) return;
    showTop(model);
    for (const panel of panels) panel();
    for (const panel of asking) panel.tick();
};
const plan = () => {
    if (planned) return;
    planned = true;
    setTimeout(() => requestAnimationFrame(paint), Math.max(0, painted + frameGap - performance.now()));
};
// At once: the first frame waits for no other.
const paintFirst = () => {
    paint();
    if (document.hidden) return goOn(); // nobody looks, and nothing would be drawn
    requestAnimationFrame(() => {
        document.body.dataset.first = Math.round(performance.now()); // ms after navigation; the tests read it
        performance.mark("first-view");
        setTimeout(goOn); // when it is on the screen
    });
};

// --- the node that is shown, and where to go without it
const follower = createFollower({
    trying: ({ since, asked }) => {
        const silent = duration(performance.now() - since);
        const others = asked.length === 0 ? "no other node is known" : `asking ${asked.length === 1 ? "another node" : `${asked.length} others`}`;
        showLive("bad", `no answer for ${silent}`);
        if (performance.now() - since > 400) say(`Node ${model.node ?? ""} does not answer: ${others}.`, "bad");
    },
    back: anew => {
        say("");
        if (anew) live.open();
    },
    leave: api => {
        live.close();
        leaveFor(api, { from: model.node ?? "", lost: Date.now(), user: gallery?.chosen() ?? arrival.user ?? "", unfinished: gallery?.unfinished() ?? 0 });
    },
});

const askForToken = why => {
    setText(byId("login-error"), why);
    setHidden(byId("login"), false);
    setHidden(byId("main"), true);
    byId("token").focus();
};
byId("login").addEventListener("submit", async event => {
    event.preventDefault();
    const result = await login(byId("token").value.trim());
    if (result !== true) return askForToken(result);
    byId("token").value = "";
    setHidden(byId("login"), true);
    setHidden(byId("main"), false);
    live.open();
});

const live = createLive({
    open: () => {
        follower.answered();
        showLive("ok", "live");
    },
    frame: frame => {
        follower.answered();
        const first = !model.known;
        model.frame(frame);
        showLive("ok", `live · node ${frame.node}`);
        if (first) return paintFirst();
        if (viewed) reach();
        plan();
    },
    event: (name, data) => {
        model.event(name, data);
        plan();
    },
    lost: () => {
        showLive("bad", "no answer");
        follower.lost();
    },
    again: () => model.forget(),
    refused: status => {
        if (status === 401) {
            showLive("wait", "locked");
            askForToken("");
        } else showLive("bad", `refused: ${status}`);
    },
});

const welcome = () => {
    if (arrival.from === undefined || arrival.from === "") return;
    const lost = Number(arrival.unfinished ?? 0);
    say(`Node ${arrival.from} stopped answering at ${clock(Number(arrival.lost))}: this page moved here by itself.`
        + (lost > 0 ? ` ${lost === 1 ? "One upload was" : `${lost} uploads were`} not confirmed: add ${lost === 1 ? "it" : "them"} again if missing.` : ""), "warn");
};

welcome();
const entered = await login();
if (entered === true) live.open();
else askForToken(entered);
