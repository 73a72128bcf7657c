// Debian's Chromium, driven by playwright-core, which is looked for and never downloaded here. Screenshots and numbers go
// to build/web/ (CP_WEB_ARTEFACTS). `node browser.mjs` alone ends with 77 and the reason when something is missing.

import { existsSync, mkdirSync, appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { deflateSync, crc32 as zlibCrc32 } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const build = fileURLToPath(new URL("../../build/", import.meta.url));
export const artefacts = process.env.CP_WEB_ARTEFACTS ?? `${build}web`;

const chromium = [process.env.CP_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .find(path => path !== undefined && existsSync(path));
const playwright = () => {
    try {
        return createRequire(import.meta.url).resolve("playwright-core", { paths: [process.env.CP_PLAYWRIGHT ?? here, `${build}web`, here] });
    } catch {
        return undefined;
    }
};

export const missing = () => chromium === undefined ? "no Chromium (apt-get install chromium)"
    : playwright() === undefined ? `no playwright-core (npm install --prefix ${build}web playwright-core)` : "";

export const launch = async () => {
    const library = createRequire(import.meta.url)(playwright());
    return library.chromium.launch({ executablePath: chromium, chromiumSandbox: process.getuid() !== 0 });
};

// A page, and what it complained about: scripts that threw, and what the Content-Security-Policy stopped.
export const openPage = async (browser, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light", ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", error => complaints.push(error.message));
    page.on("console", message => {
        if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text());
    });
    return { page, complaints, context };
};

export const screenshot = async (page, name) => {
    mkdirSync(artefacts, { recursive: true });
    await page.screenshot({ path: `${artefacts}/${name}.png`, fullPage: true });
};

// For people and benchmarks: one line here, one in numbers.txt.
export const report = (name, value) => {
    mkdirSync(artefacts, { recursive: true });
    console.log(`    ${name}: ${value}`);
    appendFileSync(`${artefacts}/numbers.txt`, `${name}: ${value}\n`);
};

export const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// --- a PNG of any size (RFC 2083), in a colour of its own
const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});
const crc = bytes => zlibCrc32?.(bytes) ?? (bytes.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
const chunk = (name, body) => {
    const framed = Buffer.concat([Buffer.from(name, "latin1"), body]);
    const out = Buffer.alloc(framed.length + 8);
    out.writeUInt32BE(body.length, 0);
    framed.copy(out, 4);
    out.writeUInt32BE(crc(framed), framed.length + 4);
    return out;
};
export const png = (width, height, hue = 0) => {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2, 0, 0, 0], 8);
    const rows = Buffer.alloc(height * (width * 3 + 1));
    for (let y = 0; y < height; ++y)
        for (let x = 0; x < width; ++x) {
            const at = y * (width * 3 + 1) + 1 + x * 3;
            const hill = Math.max(0, 1 - Math.hypot(x / width - 0.35, y / height - 0.4) * 1.6);
            rows.set([90 + 110 * hill + 40 * Math.sin(hue), 110 + 90 * (y / height) * Math.cos(hue), 150 + 80 * hill * Math.sin(hue + 2)]
                .map(value => Math.max(0, Math.min(255, Math.round(value)))), at);
        }
    return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
};

// As the desktop does it: a drop with files on the element.
export const drop = (page, selector, files) => page.evaluate(async ({ selector: to, given }) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: "image/png" }));
    }
    const target = document.querySelector(to);
    for (const kind of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}, { selector, given: files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") })) });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const why = missing();
    if (why !== "") {
        console.log(`skipped: ${why}`);
        process.exit(77);
    }
}
