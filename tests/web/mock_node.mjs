// A node that is not there: the page from the source tree, and an API that tells of as many members as a test wants.
// For what real processes cannot show cheaply (a hundred members, a frozen picture) or at all (hostile names).

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const web = new URL("../../src/node/http/page/", import.meta.url);
const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css", svg: "image/svg+xml" };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The same numbers in every run.
const noise = (seed, step) => {
    const x = Math.sin(seed * 127.1 + step * 311.7) * 43758.5453;
    return x - Math.floor(x);
};

export const memberOf = (id, { self, leader, step = 0, state = "alive" }) => ({
    id, role: id === leader ? "leader" : "follower", state,
    load: Math.round(30 + 400 * noise(id, 1) + 60 * noise(id, step)) / 10,
    tasks: id === leader ? 3 : 0,
    last_seen_ms: id === self ? 0 : state === "alive" ? Math.round(4 + 90 * noise(id, step)) : 4200 + step * 250,
    uptime_ms: 5_400_000 + id * 1000 + step * 250,
    address: `10.40.6.${id}:41${String(200 + id)}`, api: `10.40.6.${id}:3000`, version: "0.1.0", self: id === self,
    cpu_percent: Math.round(500 * noise(id, step + 1)) / 10, memory_percent: 20 + id % 70,
});

export const frameOf = (count, step, more = {}) => ({
    node: 1, leader: count, is_leader: false, epoch: `7.${count}.2`, online_clients_count: 2,
    tasks: { held: 0, running: 0, done: 0, failed: 0 },
    members: Array.from({ length: count }, (_, index) => memberOf(index + 1, { self: 1, leader: count, step })),
    open_tasks: [], transfers: [], image_side_max: 128, ...more,
});

// options: frame(step) -> a frame; events: [{ name, data }] told at the beginning; users; images: { user: [names] };
// answer(request, url) -> { status, body } for anything of one's own. Resolves to { url, close, uploads }.
export const startMock = async ({ frame, events = [], users = [], images = {}, findings = [], gap = 250, answer } = {}) => {
    const streams = new Set();
    const uploads = [];
    const json = (response, status, body) => {
        response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
        response.end(JSON.stringify(body));
    };
    const stream = response => {
        response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
        events.forEach(({ name, data }, index) => response.write(`id: ${index + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
        let step = 0;
        const tell = () => response.write(`event: state\ndata: ${JSON.stringify(frame(step++))}\n\n`);
        tell();
        const timer = setInterval(tell, gap);
        streams.add(response);
        response.on("close", () => {
            clearInterval(timer);
            streams.delete(response);
        });
    };
    const file = async (response, name) => {
        try {
            const text = await readFile(new URL(name, web));
            response.writeHead(200, { "Content-Type": types[name.split(".").pop()], "Content-Security-Policy": policy });
            response.end(text);
        } catch {
            json(response, 404, { success: false, message: "no such file" });
        }
    };
    const server = createServer((request, response) => {
        const url = new URL(request.url, "http://mock");
        const own = answer?.(request, url);
        if (own !== undefined) return json(response, own.status, own.body);
        const path = decodeURIComponent(url.pathname);
        const user = /^\/images\/(.*)$/.exec(path)?.[1];
        if (path === "/" || path === "/ui") return file(response, "index.html");
        if (path.startsWith("/ui/")) return file(response, path.slice(4));
        if (path === "/api/v1/events") return stream(response);
        if (path === "/api/v1/members") return json(response, 200, frame(0));
        if (path === "/api/v1/doctor") return json(response, 200, { findings, ok: true });
        if (path === "/users") return json(response, 200, { users, count: users.length });
        if (path === "/discover") return json(response, 200, { online_clients: users.slice(0, 2), count: 2, is_leader: true });
        if (user !== undefined) return json(response, 200, { images: images[user] ?? [], count: images[user]?.length ?? 0 });
        if (path.startsWith("/image/")) {
            response.writeHead(200, { "Content-Type": "image/svg+xml" });
            return response.end(picture(path));
        }
        request.resume().on("end", () => {
            uploads.push(path);
            json(response, 200, { success: true, message: "Image uploaded successfully", filename: "1730738456-00000000.png" });
        });
    });
    await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        uploads,
        close: () => new Promise(resolve => {
            for (const response of streams) response.destroy();
            server.close(resolve);
            server.closeAllConnections();
        }),
    };
};

const picture = path => {
    const hue = [...path].reduce((sum, letter) => sum * 31 + letter.codePointAt(0) >>> 0, 7) % 360;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128"><rect width="128" height="128" fill="hsl(${hue} 45% 55%)"/>`
        + `<circle cx="${30 + hue % 70}" cy="${40 + hue % 50}" r="30" fill="hsl(${(hue + 40) % 360} 60% 75%)"/></svg>`;
};
