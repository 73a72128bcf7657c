// Real nodes on loopback: own directory, key and ports; stopped by pid. The programs are CP_NODE and CP_CLIENT, else
// those in build/.

import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const program = process.env.CP_NODE ?? fileURLToPath(new URL("../../build/node", import.meta.url));

const clientProgram = process.env.CP_CLIENT ?? fileURLToPath(new URL("../../build/client", import.meta.url));

const freeTcpPort = () => new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    }).on("error", reject);
});
const isFree = port => new Promise(resolve => {
    const socket = createSocket("udp4").once("error", () => resolve(false));
    socket.bind(port, "0.0.0.0", () => socket.close(() => resolve(true)));
});
// Two neighbours, below the range from which the kernel deals.
const freeUdpPair = async () => {
    for (let attempt = 0; attempt < 100; ++attempt) {
        const port = 20000 + 2 * randomInt(6000);
        if (await isFree(port) && await isFree(port + 1)) return port;
    }
    throw new Error("no free pair of UDP ports");
};

// Asks `question` until it gives something, at most so long.
export const until = async (what, question, seconds = 20) => {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const answer = await question();
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
        await new Promise(resolve => setTimeout(resolve, 25));
    }
};

export const startCluster = async ids => {
    const folder = mkdtempSync(`${tmpdir()}/cloudp2p-web.`);
    writeFileSync(`${folder}/cluster.key`, randomBytes(32).toString("hex"), { mode: 0o600 });
    const port = await freeUdpPair();
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CLOUDP2P_")));
    const environment = { ...inherited, XDG_STATE_HOME: `${folder}/state`, XDG_CONFIG_HOME: `${folder}/config` };
    const nodes = new Map();

    const start = async id => {
        const known = nodes.get(id);
        const api = known?.api ?? `127.0.0.1:${await freeTcpPort()}`;
        const log = openSync(`${folder}/node-${id}.log`, "a");
        const child = spawn(program, [String(id), "--key-file", `${folder}/cluster.key`, "--port", String(port), "--http", api,
            "--store", `dir:${folder}/store`, "--data-dir", `${folder}/node-${id}`], { cwd: folder, env: environment, stdio: ["ignore", log, log] });
        closeSync(log);
        nodes.set(id, { id, api, child, url: `http://${api}`, ended: new Promise(resolve => child.on("exit", resolve)) });
    };
    const ask = async (id, path, options) => {
        try {
            const response = await fetch(`${nodes.get(id).url}${path}`, options);
            return response.ok ? await response.json() : undefined;
        } catch {
            return undefined;
        }
    };
    // Every one of them names this leader and sees as many alive.
    const agreed = (leader, among) => until(`node ${leader} to lead ${among.length} nodes`, async () => {
        for (const id of among) {
            const seen = await ask(id, "/api/v1/members");
            if (seen?.leader !== leader || seen.members.filter(member => member.state === "alive").length < among.length) return false;
        }
        return true;
    });
    const end = async (id, signal) => {
        const node = nodes.get(id);
        if (node.child.exitCode === null && node.child.signalCode === null) process.kill(node.child.pid, signal);
        await node.ended;
    };

    // client USER COMMAND…: what it printed as JSON, a line each.
    const client = (user, ...command) => new Promise((resolve, reject) => {
        const child = spawn(clientProgram, [user, "--json", "--key-file", `${folder}/cluster.key`, "--port", String(port),
            "--images-dir", `${folder}/images`, ...command], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "ignore"] });
        let text = "";
        child.stdout.on("data", part => { text += part; });
        child.on("error", reject);
        child.on("close", () => resolve(text.split("\n").filter(line => line !== "").map(line => JSON.parse(line))));
    });

    for (const id of ids) await start(id);
    return {
        folder, nodes, start, ask, agreed, client,
        url: id => nodes.get(id).url,
        kill: id => end(id, "SIGKILL"), // returns when it is dead
        signal: (id, name) => process.kill(nodes.get(id).child.pid, name),
        stop: async () => {
            for (const id of nodes.keys()) await end(id, "SIGKILL");
            rmSync(folder, { recursive: true, force: true });
        },
    };
};
