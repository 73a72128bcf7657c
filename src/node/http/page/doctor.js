// What the node says is wrong with itself and the network. Asked when the cluster changes, and twice a minute.

import { ask } from "./api.js";
import { byId, make, setAttribute, setText } from "./dom.js";
import { clock, plural } from "./format.js";

const again = 30_000; // ms
const words = { ok: "fine", warn: "attention", fail: "broken" };
const order = ["fail", "warn", "ok"];

export const createDoctor = model => {
    const list = byId("findings");
    const note = byId("doctor-note");
    let asked = -Infinity;
    let seen = "";
    let asking = false;

    const line = ({ level, message }) => make("li", { "data-level": level },
        make("i", { class: "dot", title: words[level] ?? level }), make("span", { class: "spoken" }, `${words[level] ?? level}: `), make("span", {}, message));

    const load = async () => {
        if (asking) return;
        asking = true;
        asked = performance.now();
        try {
            const { findings } = await ask("/api/v1/doctor");
            findings.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
            list.replaceChildren(...findings.map(line));
            const wrong = findings.filter(finding => finding.level !== "ok").length;
            setText(note, `${wrong === 0 ? "all fine" : plural(wrong, "finding")} · ${clock(Date.now())}`);
            setAttribute(note, "data-level", findings.some(finding => finding.level === "fail") ? "bad" : wrong > 0 ? "warn" : "ok");
        } catch (error) {
            list.replaceChildren(line({ level: "fail", message: error.message }));
            setText(note, "");
        }
        asking = false;
    };
    byId("doctor-again").addEventListener("click", load);

    return {
        tick: () => {
            const now = `${model.leader} ${model.members.map(member => `${member.id} ${member.state}`).join()}`;
            if (now === seen && performance.now() - asked < again) return;
            if (performance.now() - asked < 500) return; // several changes at once
            seen = now;
            load();
        },
    };
};
