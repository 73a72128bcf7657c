// The page against three real nodes: seen, used, and watching the leader die.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { drop, launch, median, openPage, png, report, screenshot } from "./browser.mjs";
import { startCluster, until } from "./cluster.mjs";

let browser;
let cluster;
before(async () => {
    browser = await launch();
    cluster = await startCluster([1, 2, 3]);
    await cluster.agreed(3, [1, 2, 3]);
});
after(async () => {
    await browser?.close();
    await cluster?.stop();
});

const shows = (page, leader) => page.waitForFunction(wanted => document.getElementById("fact-leader")?.textContent === wanted, `node ${leader}`);

test("the leader's page shows all members, and nothing is refused by its own policy", async () => {
    const times = [];
    for (let round = 0; round < 7; ++round) {
        const { page, complaints, context } = await openPage(browser);
        await page.goto(`${cluster.url(3)}/`, { waitUntil: "commit" });
        await shows(page, 3);
        times.push(await page.evaluate(() => Number(document.body.dataset.first)));
        assert.equal(await page.locator("#members tr").count(), 3);
        assert.equal(await page.locator("#health-word").textContent(), "Healthy");
        assert.equal(await page.locator("#members tr[data-leads=true]").getAttribute("data-node"), "3");
        await page.waitForFunction(() => [...document.querySelectorAll("#members .meter .detail")].every(told => /^cpu \d+ % · memory \d+ %$/.test(told.innerText)));
        assert.deepEqual(complaints, []);
        await context.close();
    }
    report("first view", `median ${median(times)} ms, all ${times.join(" ")} ms after the navigation began (goal 300)`);
});

test("a user is added and images are stored by drop, through a follower", async () => {
    const { page, complaints, context } = await openPage(browser);
    await page.goto(`${cluster.url(1)}/ui`);
    await shows(page, 3);
    for (const name of ["bob", "alice"]) {
        await page.locator("#new-user").fill(name);
        await page.keyboard.press("Enter");
        await page.locator("#users button", { hasText: name }).waitFor();
    }
    await page.locator("#users button[aria-pressed=true]", { hasText: "alice" }).waitFor();
    const names = ["harbour", "meadow", "dusk", "dune", "ridge"];
    await drop(page, "#drop", names.map((name, index) => ({ name: `${name}.png`, bytes: png(128, 96, index) })));
    await page.waitForFunction(() => document.querySelectorAll("#tiles li").length === 5);
    await page.waitForFunction(() => [...document.querySelectorAll("#tiles img")].every(image => image.complete && image.naturalWidth > 0));
    assert.equal((await cluster.ask(3, "/images/alice")).count, 5);

    await drop(page, "#drop", [{ name: "poster.png", bytes: png(300, 200) }]);
    await page.getByText("Image too large: 300x200 (max 128x128)").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    assert.deepEqual(complaints, []);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#tiles a").first().click()]);
    assert.match(download.suggestedFilename(), /^\d+-[0-9a-f]{8}\.png$/);
    await context.close();
});

test("a client's upload is a task on every page, with its user, its node and its end", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${cluster.url(1)}/ui`);
    await shows(page, 3);
    writeFileSync(`${cluster.folder}/photo.png`, png(1200, 900, 4));
    const [result] = await cluster.client("alice", "upload", `${cluster.folder}/photo.png`);
    assert.equal(result.ok, true);
    const row = page.locator("#tasks tr").first();
    await row.getByText("delivered").waitFor();
    assert.equal(await row.locator("td").nth(1).textContent(), "alice");
    assert.equal(await row.locator("td").first().getAttribute("title"), result.task);
    await context.close();
});

test("screenshots: light, dark, narrow", async () => {
    for (const [name, options] of Object.entries({
        light: {}, dark: { colorScheme: "dark" },
        narrow: { viewport: { width: 400, height: 860 } }, "narrow-dark": { viewport: { width: 400, height: 860 }, colorScheme: "dark" },
    })) {
        for (const username of ["alice", "bob"])
            await cluster.ask(3, "/heartbeat", { method: "POST", body: JSON.stringify({ username, addr: "127.0.0.1:9000" }) });
        const { page, context } = await openPage(browser, options);
        await page.goto(`${cluster.url(3)}/ui`);
        await shows(page, 3);
        await page.locator("#tiles li").nth(4).waitFor();
        await page.waitForTimeout(name === "light" ? 15_000 : 4000); // the strips fill with what was heard
        await screenshot(page, name);
        await context.close();
    }
});

test("the leader is killed: one page sees the election, the leader's own page follows by itself", async () => {
    const watching = await openPage(browser);
    const orphan = await openPage(browser);
    await watching.page.goto(`${cluster.url(1)}/ui`);
    await orphan.page.goto(`${cluster.url(3)}/ui#token=handed-over`);
    await shows(watching.page, 3);
    await shows(orphan.page, 3);
    assert.equal(new URL(orphan.page.url()).hash, "", "the token is gone from the address");
    await orphan.page.waitForTimeout(1000); // its probing worker has begun

    await watching.page.evaluate(() => {
        new MutationObserver(() => {
            if (document.getElementById("fact-leader").textContent === "node 2") window.seenAt ??= Date.now();
        }).observe(document.getElementById("fact-leader"), { childList: true, characterData: true, subtree: true });
    });
    const killed = Date.now();
    await cluster.kill(3);
    await shows(watching.page, 2);
    const seen = await watching.page.evaluate(() => window.seenAt);
    const happened = await until("the event", async () => {
        const response = await fetch(`${cluster.url(1)}/api/v1/events?history=100`);
        const reader = response.body.getReader();
        const text = new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        const event = [...text.matchAll(/^event: leader_changed\ndata: (.*)$/gm)].map(found => JSON.parse(found[1])).filter(data => data.leader === 2).at(-1);
        return event?.time_ms;
    });
    report("election visible", `${seen - happened} ms after it happened (goal 400), ${seen - killed} ms after the kill`);
    await watching.page.waitForTimeout(900);
    await screenshot(watching.page, "failover");
    assert.equal(await watching.page.locator("#elections tr").first().locator("td").nth(1).textContent(), "node 2");
    await watching.page.locator("#members tr[data-node='3'][data-state=gone]").waitFor();

    await orphan.page.waitForURL(url => url.host !== new URL(cluster.url(3)).host && url.hash === "");
    await shows(orphan.page, 2);
    await orphan.page.getByText("this page moved here by itself").waitFor();
    report("page followed", `to ${orphan.page.url()}, first view ${await orphan.page.evaluate(() => Math.round(performance.timeOrigin + Number(document.body.dataset.first))) - killed} ms after the kill`);
    await screenshot(orphan.page, "followed");
    assert.deepEqual(watching.complaints, []);
    await watching.context.close();
    await orphan.context.close();
});

test("a node that hangs is left too, and one that comes back is stayed with", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${cluster.url(2)}/ui`);
    await shows(page, 2);
    await page.waitForTimeout(1000);
    cluster.signal(2, "SIGSTOP");
    try {
        await page.waitForURL(url => url.host === new URL(cluster.url(1)).host && url.hash === "");
        await shows(page, 1);
    } finally {
        cluster.signal(2, "SIGCONT");
    }
    await cluster.agreed(2, [1, 2]);
    await shows(page, 2);
    await context.close();
});

test("the node that died comes back, leads again, and the page tells the whole story", async () => {
    const { page, complaints, context } = await openPage(browser);
    await page.goto(`${cluster.url(2)}/ui`);
    await shows(page, 2);
    await cluster.start(3);
    await cluster.agreed(3, [1, 2, 3]);
    await shows(page, 3);
    for (const name of ["alice", "bob", "carol"]) {
        const body = JSON.stringify({ username: name, addr: "127.0.0.1:9000" });
        await cluster.ask(3, "/register", { method: "POST", body });
        if (name !== "carol") await cluster.ask(3, "/heartbeat", { method: "POST", body });
        await cluster.client(name, "upload", `${cluster.folder}/photo.png`);
    }
    await page.getByText("a higher id returned").or(page.getByText("planned hand-over")).first().waitFor();
    await page.waitForTimeout(12_000); // the strips fill with what was heard
    writeFileSync(`${cluster.folder}/big.bin`, randomBytes(120_000_000));
    const done = cluster.client("bob", "--any-file", "upload", `${cluster.folder}/big.bin`);
    await page.locator("#transfers li").first().waitFor();
    await page.waitForTimeout(300);
    await screenshot(page, "three-nodes");
    assert.equal((await done)[0].ok, true);
    await page.locator("#health-word", { hasText: "Healthy" }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
});

test("a page follows to a node that came after it", async () => {
    const young = await startCluster([1]);
    const { page, complaints, context } = await openPage(browser);
    try {
        await page.goto(`${young.url(1)}/ui`);
        await shows(page, 1);
        await young.start(2);
        await young.agreed(2, [1, 2]);
        await shows(page, 2);
        await page.locator("#members tr").nth(1).waitFor();
        await page.waitForTimeout(1500); // a worker whose policy knows the newcomer has begun
        await young.kill(1);
        await page.waitForURL(url => url.host === new URL(young.url(2)).host && url.hash === "");
        await shows(page, 2);
        assert.deepEqual(complaints, []);
    } finally {
        await context.close();
        await young.stop();
    }
});
