// Users, and the images of the one that is chosen. The API has no event for a new image: the panel asks again every few
// seconds, and at once after an upload or when another node leads.

import { ask, imagePath, post, viaLeader } from "./api.js";
import { byId, keyedList, make, setAttribute, setHidden, setText } from "./dom.js";
import { plural, stamp } from "./format.js";
import { createUploads } from "./upload.js";

const again = 5000; // ms
const tilesShown = 120;

const ui = {};
for (const id of ["users", "tiles", "register", "new-user", "register-error", "gallery-note", "gallery-empty", "drop", "drop-word", "pick", "gallery"]) ui[id] = byId(id);

const createUser = choose => user => {
    const name = make("span", { class: "clip" });
    const button = make("button", { type: "button", onclick: () => choose(user.username) }, make("i", { class: "dot" }), name);
    return { root: make("li", {}, button), button, name };
};

// "1730738456-3f2a1b4c.png" says when it came.
const timeOf = file => {
    const seconds = /^(\d{9,11})-[0-9a-f]{8}\./.exec(file)?.[1];
    return seconds === undefined ? file : stamp(Number(seconds) * 1000);
};
const createTile = item => {
    const image = make("img", { src: imagePath(item.user, item.file), alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.classList.add("missing"));
    const link = make("a", { href: imagePath(item.user, item.file), download: item.file, title: `Download ${item.file}` },
        image, make("span", {}, timeOf(item.file)));
    return { root: make("li", {}, link) };
};

export const createGallery = (model, wanted) => {
    const state = { users: [], online: new Set(), chosen: wanted ?? "", files: [], failed: "", asked: -Infinity, loaded: false };
    let moved = -1;
    let asking = false;

    const choose = user => {
        if (state.chosen !== user) state.files = [];
        state.chosen = user;
        show();
        return load();
    };
    const uploads = createUploads(() => state.chosen, () => load());
    const showUsers = keyedList(ui.users, user => user.username, createUser(choose), (parts, user) => {
        setText(parts.name, user.username);
        setAttribute(parts.button, "title", user.username);
        setAttribute(parts.button, "aria-pressed", user.username === state.chosen);
        setAttribute(parts.root, "data-online", state.online.has(user.username));
        setAttribute(parts.button, "aria-label", `${user.username}${state.online.has(user.username) ? ", online" : ""}`);
    });
    const showTiles = keyedList(ui.tiles, item => `${item.user}/${item.file}`, createTile, () => {});

    const show = () => {
        showUsers(state.users);
        const shown = state.files.slice(-tilesShown).reverse();
        showTiles(shown.map(file => ({ user: state.chosen, file })));
        setText(ui["gallery-note"], state.chosen === "" ? plural(state.users.length, "user")
            : `${state.chosen}: ${plural(state.files.length, "image")}${shown.length < state.files.length ? `, the newest ${shown.length} shown` : ""}`);
        const empty = state.failed !== "" ? state.failed
            : !state.loaded ? (model.known && model.leader === null ? "No leader: users and images come with the next one." : "Loading…")
            : state.users.length === 0 ? "No users yet: add one on the left."
            : state.chosen !== "" && state.files.length === 0 ? "No images yet." : "";
        setText(ui["gallery-empty"], empty);
        setAttribute(ui["gallery-empty"], "data-level", state.failed === "" ? "ok" : "bad");
        setHidden(ui["gallery-empty"], empty === "");
        setText(ui["drop-word"], state.chosen === "" ? "Choose a user to see and add images."
            : `Drop images for ${state.chosen} here${model.sideMax > 0 ? `: PNG, JPEG or WebP, up to ${model.sideMax}×${model.sideMax}` : ""}`);
        ui.pick.disabled = state.chosen === "";
        setAttribute(ui.drop, "data-ready", state.chosen !== "");
    };

    const load = async () => {
        if (asking) return;
        asking = true;
        state.asked = performance.now();
        try {
            const [users, online] = await Promise.all([ask(viaLeader("/users")), ask(viaLeader("/discover"))]);
            state.users = users.users.sort((a, b) => a.username < b.username ? -1 : 1);
            state.online = new Set(online.online_clients.map(user => user.username));
            if (!state.users.some(user => user.username === state.chosen)) state.chosen = state.users[0]?.username ?? "";
            const chosen = state.chosen;
            const files = chosen === "" ? [] : (await ask(viaLeader(`/images/${encodeURIComponent(chosen)}`))).images;
            if (chosen === state.chosen) state.files = files;
            state.failed = "";
            state.loaded = true;
        } catch (error) {
            state.failed = error.message;
        }
        asking = false;
        show();
    };

    ui.register.addEventListener("submit", async event => {
        event.preventDefault();
        const username = ui["new-user"].value;
        try {
            await post(viaLeader("/register"), { username, addr: location.host.replace("localhost", "127.0.0.1") });
            setText(ui["register-error"], "");
            ui.register.reset();
            await choose(username);
        } catch (error) {
            setText(ui["register-error"], error.message);
        }
    });
    show();

    return {
        // With every frame; asks when it is time.
        tick: () => {
            if (moved !== model.moved && model.leader !== null) {
                moved = model.moved;
                state.asked = -Infinity;
            }
            const due = state.failed === "" ? again : again / 5;
            if (model.leader !== null && !document.hidden && performance.now() - state.asked > due) load();
            else if (model.leader === null && state.failed === "" && !state.loaded) show();
        },
        chosen: () => state.chosen,
        unfinished: uploads.unfinished,
    };
};
