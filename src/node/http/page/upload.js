// Images by drag and drop, by the file dialog, or pasted: one line each with progress, two at a time. A line that failed
// stays with its reason until it is tried again or dismissed.

import { viaLeader } from "./api.js";
import { byId, keyedList, make, setAttribute, setHidden, setText } from "./dom.js";
import { bytes } from "./format.js";

const atOnce = 2;
const doneShown = 3000; // ms
const linesShown = 8;

export const createUploads = (chosen, stored) => {
    const drop = byId("drop");
    const zone = byId("gallery");
    const picker = byId("files");
    let queue = []; // { key, file, user, sent, state: "waiting"|"sending"|"done"|"failed", message }
    let count = 0;

    const remove = item => {
        queue = queue.filter(other => other !== item);
        show();
    };
    const create = item => {
        const fill = make("i");
        const parts = {
            name: make("span", { class: "clip" }, item.file.name),
            numbers: make("span", { class: "numbers" }),
            bar: make("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": item.file.name }, fill),
            fill,
            retry: make("button", { type: "button", class: "link", onclick: () => { item.state = "waiting"; pump(); } }, "Try again"),
            close: make("button", { type: "button", class: "link", onclick: () => remove(item) }, "Dismiss"),
        };
        parts.root = make("li", {}, make("div", { class: "line" }, parts.name, parts.numbers, parts.retry, parts.close), parts.bar);
        return parts;
    };
    const update = (parts, item) => {
        const percent = item.state === "done" ? 100 : item.file.size === 0 ? 0 : Math.min(100, item.sent * 100 / item.file.size);
        setAttribute(parts.root, "data-state", item.state);
        setText(parts.numbers, item.state === "failed" ? item.message
            : item.state === "done" ? `${bytes(item.file.size)} · stored`
            : item.state === "waiting" ? "waiting" : `${bytes(item.sent)} of ${bytes(item.file.size)} · ${Math.round(percent)} %`);
        parts.fill.style.width = `${percent}%`;
        setAttribute(parts.bar, "aria-valuenow", Math.round(percent));
        setHidden(parts.retry, item.state !== "failed");
        setHidden(parts.close, item.state !== "failed");
    };
    const lines = keyedList(byId("uploads"), item => item.key, create, update);
    const show = () => lines(queue.slice(0, linesShown));

    const end = (item, state, message = "") => {
        Object.assign(item, { state, message });
        if (state === "done") {
            setTimeout(() => remove(item), doneShown);
            stored();
        }
        pump();
    };
    // Not fetch(): it tells nothing of what was sent so far.
    const send = item => {
        item.state = "sending";
        item.sent = 0;
        const request = new XMLHttpRequest();
        request.open("POST", viaLeader(`/upload_image/${encodeURIComponent(item.user)}`));
        request.upload.addEventListener("progress", event => {
            item.sent = Math.min(item.file.size, event.loaded);
            show();
        });
        request.addEventListener("load", () => {
            let answer = {};
            try {
                answer = JSON.parse(request.responseText);
            } catch { /* said below */ }
            if (request.status === 200) end(item, "done");
            else end(item, "failed", answer.message ?? `The node answered ${request.status}.`);
        });
        request.addEventListener("error", () => end(item, "failed", "The node did not answer."));
        const form = new FormData();
        form.append("image", item.file);
        request.send(form);
    };
    const pump = () => {
        let sending = queue.filter(item => item.state === "sending").length;
        for (const item of queue) {
            if (sending >= atOnce) break;
            if (item.state !== "waiting") continue;
            ++sending;
            send(item);
        }
        show();
    };
    const add = files => {
        const user = chosen();
        if (user === "") return;
        for (const file of files) queue.push({ key: ++count, file, user, sent: 0, state: "waiting", message: "" });
        pump();
    };

    byId("pick").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
        add([...picker.files]);
        picker.value = "";
    });
    // A file that misses the panel must not replace the page.
    let over = 0;
    const light = on => setAttribute(drop, "data-over", on);
    window.addEventListener("dragover", event => event.preventDefault());
    window.addEventListener("drop", event => event.preventDefault());
    zone.addEventListener("dragenter", () => light(++over > 0 && chosen() !== ""));
    zone.addEventListener("dragleave", () => light(--over > 0));
    zone.addEventListener("drop", event => {
        over = 0;
        light(false);
        add([...event.dataTransfer.files]);
    });
    window.addEventListener("paste", event => {
        if (event.clipboardData.files.length > 0) add([...event.clipboardData.files]);
    });

    return { unfinished: () => queue.filter(item => item.state === "waiting" || item.state === "sending").length };
};
