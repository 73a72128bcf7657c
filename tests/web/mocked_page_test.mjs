// The page against a node that is not there (mock_node.mjs): what real processes cannot show, or not always the same.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, report, screenshot } from "./browser.mjs";
import { frameOf, memberOf, startMock } from "./mock_node.mjs";

let browser;
before(async () => {
    browser = await launch();
});
after(() => browser.close());

// Opens the page over a mock, runs, and holds both of them to having no complaints.
const withPage = async (mocked, run, options = {}) => {
    const mock = await startMock({ frame: step => frameOf(3, step), ...mocked });
    const { page, complaints, context } = await openPage(browser, options);
    try {
        await page.goto(`${mock.url}/ui`);
        await run(page, mock);
        assert.deepEqual(complaints, []);
    } finally {
        await context.close();
        await mock.close();
    }
};
const firstView = page => page.waitForFunction(() => document.body.dataset.first !== undefined);
const named = name => ({ id: "0", username: name, addr: "127.0.0.1:9000" });
const minutes = count => Date.now() - count * 60_000;
const told = (name, data) => ({ name, data });
const elections = [
    told("election_started", { time_ms: minutes(9), lost: 0 }),
    told("leader_changed", { time_ms: minutes(9) + 401, leader: 3, epoch: "5.3.1", reason: "start", failover_ms: 401 }),
    told("leader_changed", { time_ms: minutes(4), leader: null, epoch: "5.3.1", reason: "leader_lost" }),
    told("leader_changed", { time_ms: minutes(4) + 84, leader: 2, epoch: "6.2.1", reason: "leader_lost", failover_ms: 84 }),
];

test("a hundred members are a hundred rows, and frames change text, not the tree", async () => {
    await withPage({ frame: step => frameOf(100, step), events: elections }, async page => {
        await firstView(page);
        assert.equal(await page.locator("#members tr").count(), 100);
        const cdp = await page.context().newCDPSession(page);
        await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
        const spent = async () => Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
        const before = await spent();
        const seen = await page.evaluate(async () => {
            let added = 0;
            let long = 0;
            const gaps = [];
            new MutationObserver(all => {
                for (const change of all) for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) ++added;
            }).observe(document.body, { childList: true, subtree: true });
            new PerformanceObserver(list => { long += list.getEntries().length; }).observe({ type: "longtask" });
            const end = performance.now() + 5000;
            for (let last = performance.now(); last < end;) {
                const now = await new Promise(resolve => requestAnimationFrame(resolve));
                gaps.push(now - last);
                last = now;
            }
            gaps.sort((a, b) => a - b);
            return { added, long, frames: gaps.length, p95: gaps[Math.floor(gaps.length * 0.95)], max: gaps.at(-1) };
        });
        report("100 members, 5 s", `${seen.frames} animation frames, gap p95 ${seen.p95.toFixed(1)} ms, max ${seen.max.toFixed(1)} ms, ${seen.long} long tasks`);
        const after = await spent();
        const layouts = after.LayoutCount - before.LayoutCount;
        report("100 members, work", `${((after.ThreadTime - before.ThreadTime) * 20).toFixed(0)} % of a core, ${layouts} layouts`);
        assert.ok(layouts < 70, `${layouts} layouts for some 20 frames: something is animated`);
        assert.ok(seen.added < 20, `${seen.added} elements were added while nothing came or went`); // doctor and gallery may
        await screenshot(page, "hundred-members");
    });
});

test("every member shows what its load is made of, where it tells", async () => {
    const frame = step => {
        const seen = frameOf(3, step);
        Object.assign(seen.members[1], { load: 37.5, tasks: 2, cpu_percent: 61.6, memory_percent: 8 });
        delete seen.members[2].cpu_percent; // an older program
        delete seen.members[2].memory_percent;
        return seen;
    };
    await withPage({ frame }, async page => {
        await firstView(page);
        const meters = await page.locator("#members .meter").evaluateAll(all => all.map(meter =>
            [meter.querySelector(".value").textContent, meter.querySelector(".track i").style.width, meter.querySelector(".detail").innerText]));
        assert.deepEqual(meters[1], ["37.5", "37.5%", "cpu 62 % · memory 8 %"]);
        assert.equal(await page.locator("#members tr").nth(1).locator("td.num").first().textContent(), "2");
        assert.match(meters[0][2], /^cpu \d+ % · memory 21 %$/);
        assert.equal(meters[2][2], "");
    });
});

test("frames that come fifty times a second are shown at most four times", async () => {
    await withPage({ gap: 20, frame: step => frameOf(3, step, { online_clients_count: step }) }, async page => {
        await firstView(page);
        const { shown, seconds } = await page.evaluate(async () => {
            let count = 0;
            const begun = performance.now();
            const observer = new MutationObserver(() => ++count);
            observer.observe(document.getElementById("fact-online"), { childList: true, characterData: true, subtree: true });
            await new Promise(resolve => setTimeout(resolve, 3000));
            return { shown: count, seconds: (performance.now() - begun) / 1000 };
        });
        assert.ok(shown >= 1 && shown <= Math.ceil(seconds * 4) + 1, `${shown} in ${seconds} s`);
    });
});

test("names from the network are text and never markup", async () => {
    const evil = "<img src=x onerror=window.hacked=1>";
    const file = `"><svg onload=window.hacked=2>.png`;
    const frame = step => {
        const seen = frameOf(3, step);
        seen.members[1] = { ...memberOf(2, { self: 1, leader: 3, step }), version: evil, address: evil, api: null };
        seen.open_tasks = [{ task: `${evil}-1`, user: evil, command: "encrypt", stage: "running", worker: 3, holders: 3 }];
        seen.transfers = [{ task: evil, kind: evil, direction: "in", bytes: 1, total: 2 }];
        return seen;
    };
    const events = [told("leader_changed", { time_ms: minutes(1), leader: 3, epoch: evil, reason: evil, failover_ms: 5 })];
    const findings = [{ level: evil, message: evil }];
    await withPage({ frame, events, findings, users: [named(evil)], images: { [evil]: [file] } }, async page => {
        await page.locator("#tiles li").first().waitFor();
        assert.equal(await page.locator("#users button").first().textContent(), evil);
        assert.equal(await page.locator("#tiles a").first().getAttribute("download"), file);
        assert.equal(await page.locator("#findings li").first().locator("span").last().textContent(), evil);
        assert.equal(await page.evaluate(() => window.hacked), undefined);
        assert.equal(await page.locator("main img[src=x], main svg[onload]").count(), 0);
    });
});

test("without a leader the page says so in the bar, the title and the list", async () => {
    const events = [...elections, told("leader_changed", { time_ms: Date.now() - 1000, leader: null, epoch: "6.2.1", reason: "leader_lost" })];
    const frame = step => {
        const seen = frameOf(3, step, { leader: null });
        seen.members[1] = memberOf(2, { self: 1, leader: 0, step, state: "gone" });
        return seen;
    };
    await withPage({ frame, events }, async page => {
        await page.getByText("No leader for").waitFor();
        assert.equal(await page.locator("#health-word").textContent(), "No leader");
        assert.equal(await page.locator("#fact-members").textContent(), "2/3");
        assert.match(await page.title(), /^No leader/);
        await screenshot(page, "no-leader");
    });
});

test("elections are listed with reason and duration, the newest first", async () => {
    await withPage({ events: elections }, async page => {
        await page.locator("#elections tr").nth(1).waitFor();
        assert.equal(await page.locator("#terms-begin").textContent(), "10 min ago");
        const rows = await page.locator("#elections tr").evaluateAll(all => all.map(row => [...row.cells].slice(1).map(cell => cell.textContent)));
        assert.deepEqual(rows, [["node 2", "6.2", "the leader was lost", "84 ms"], ["node 3", "5.3", "start of the cluster", "401 ms"]]);
        assert.equal(await page.locator("#terms i").count(), 3);
    });
});

test("an empty cluster has words for everything that is not there", async () => {
    await withPage({ frame: step => frameOf(1, step, { leader: 1, is_leader: true }) }, async page => {
        await page.getByText("No users yet").waitFor();
        for (const words of ["No election since this node started.", "No tasks yet.", "Nothing is under way."])
            assert.ok(await page.getByText(words).isVisible(), words);
        await screenshot(page, "empty");
    });
});

test("a node that wants a token gets one, and the page begins", async () => {
    let known = false;
    const answer = (request, url) => {
        if (url.pathname === "/api/v1/session") {
            known = request.headers.authorization === "Bearer right";
            return known ? { status: 200, body: { success: true } } : { status: 401, body: { success: false, message: "no" } };
        }
        return known || !url.pathname.startsWith("/api/") ? undefined : { status: 401, body: { success: false, message: "no" } };
    };
    await withPage({ answer }, async page => {
        await page.locator("#login").waitFor();
        assert.ok(await page.locator("#main").isHidden());
        await page.locator("#token").fill("wrong");
        await page.keyboard.press("Enter");
        await page.getByText("This is not the token of this node.").waitFor();
        await screenshot(page, "login");
        await page.locator("#token").fill("right");
        await page.keyboard.press("Enter");
        await page.locator("#members tr").first().waitFor();
        assert.ok(await page.locator("#login").isHidden());
    });
});

test("the page is used by keyboard alone", async () => {
    await withPage({ users: [named("alice"), named("bob")], images: { bob: ["1730738456-3f2a1b4c.png"] } }, async page => {
        await page.locator("#users button").nth(1).waitFor();
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.id), "theme");
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
        await page.locator("#users button").nth(1).focus();
        await page.keyboard.press("Enter");
        await page.locator("#tiles li").waitFor();
        assert.equal(await page.locator("#users button").nth(1).getAttribute("aria-pressed"), "true");
    });
});

for (const width of [400, 800, 1280]) {
    test(`nothing is wider than a window of ${width} px`, async () => {
        await withPage({ events: elections, users: [named("alice")], images: { alice: ["1730738456-3f2a1b4c.png"] } }, async page => {
            await page.locator("#tiles li").waitFor();
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
        }, { viewport: { width, height: 900 } });
    });
}
