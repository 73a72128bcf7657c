// Who hears whom, as the shown node knows it: a line to each member that it hears, and each follower's tie to the
// leader. Nodes stand on a ring in the order of their ids, so that nobody moves when the leader changes. Of many, the
// shown one stands in the middle and the ties are left out.

import { byId, draw, keyedList, setAttribute, setText } from "./dom.js";
import { duration, plural } from "./format.js";
import { late } from "./model.js";

const width = 400;
const height = 300;
const labelled = 12; // with more nodes only those are named that matter now

const places = members => {
    const many = members.length > labelled;
    const middle = many || members.length === 1;
    const ring = members.filter(member => !(middle && member.self));
    const radiusX = many ? 180 : members.length === 2 ? 95 : 132;
    const radiusY = many ? 134 : 98;
    const first = members.length === 2 ? Math.PI : -Math.PI / 2;
    const spots = new Map(members.map(member => [member.id, { x: width / 2, y: height / 2 }]));
    ring.forEach((member, index) => {
        const angle = first + index * 2 * Math.PI / ring.length;
        spots.set(member.id, { x: width / 2 + Math.cos(angle) * radiusX, y: height / 2 + Math.sin(angle) * radiusY });
    });
    return spots;
};

const at = value => value.toFixed(1);
const hearing = (model, member) => member.state === "gone" ? "lost" : member.state === "suspect" || late(model, member) ? "late" : "heard";

const line = (kind, from, to, state, text) => ({ key: `${kind} ${from.id} ${to.id}`, kind, from: from.spot, to: to.spot, state, text });

const linesOf = (model, spots, many) => {
    const self = model.members.find(member => member.self);
    const leader = model.members.find(member => member.id === model.leader && member.state !== "gone");
    const withSpot = member => ({ id: member.id, spot: spots.get(member.id) });
    const lines = [];
    for (const member of model.members) {
        if (!many && leader !== undefined && member !== leader && member.state === "alive")
            lines.push(line("tie", withSpot(member), withSpot(leader), "leads", ""));
        if (self !== undefined && member !== self)
            lines.push(line("ear", withSpot(self), withSpot(member), hearing(model, member), many ? "" : duration(member.last_seen_ms)));
    }
    return lines.sort((a, b) => (a.kind === "tie" ? 0 : 1) - (b.kind === "tie" ? 0 : 1));
};

const createLine = item => {
    const stroke = draw("line", { class: item.kind });
    const label = draw("text", { class: "age" });
    return { root: draw("g", {}, stroke, label), stroke, label };
};
const updateLine = (parts, item) => {
    setAttribute(parts.stroke, "data-state", item.state);
    setAttribute(parts.stroke, "data-many", item.text === "" && item.kind === "ear");
    for (const [name, value] of [["x1", item.from.x], ["y1", item.from.y], ["x2", item.to.x], ["y2", item.to.y]])
        setAttribute(parts.stroke, name, at(value));
    setText(parts.label, item.text);
    setAttribute(parts.label, "x", at(item.from.x * 0.45 + item.to.x * 0.55));
    setAttribute(parts.label, "y", at(item.from.y * 0.45 + item.to.y * 0.55));
};

const createNode = () => {
    const disc = draw("circle");
    const number = draw("text", { class: "number" });
    const role = draw("text", { class: "role" });
    const title = draw("title");
    return { root: draw("g", { class: "node" }, title, disc, number, role), disc, number, role, title };
};
const updateNode = (parts, { member, spot, leads, many }) => {
    const named = !many || leads || member.self || member.state !== "alive";
    const radius = !many ? 21 : named ? 12 : 5;
    setAttribute(parts.root, "transform", `translate(${at(spot.x)} ${at(spot.y)})`);
    setAttribute(parts.root, "data-state", member.state);
    setAttribute(parts.root, "data-leads", leads);
    setAttribute(parts.root, "data-self", member.self);
    setAttribute(parts.disc, "r", radius);
    setAttribute(parts.root, "data-many", many);
    setText(parts.number, named ? member.id : "");
    const role = leads ? "leader" : member.self ? "this node" : member.state === "alive" ? "" : member.state === "gone" ? "gone" : "silent";
    setText(parts.role, many ? "" : leads && member.self ? "leader, this node" : role);
    // Outside the ring, where no line passes.
    setAttribute(parts.role, "y", spot.y < height / 2 - 1 ? -radius - 8 : radius + 16);
    setText(parts.title, `node ${member.id}${role === "" ? "" : `, ${role}`}${member.self ? "" : `, heard ${duration(member.last_seen_ms)} ago`}`);
};

export const createTopology = model => {
    const picture = byId("topology");
    const lines = draw("g");
    const nodes = draw("g");
    picture.append(lines, nodes);
    const showLines = keyedList(lines, item => item.key, createLine, updateLine);
    const showNodes = keyedList(nodes, item => item.member.id, createNode, updateNode);
    const note = byId("topology-note");
    return () => {
        const many = model.members.length > labelled;
        const spots = places(model.members);
        showLines(linesOf(model, spots, many));
        // Named ones are drawn last, above the dots.
        const order = model.members.map(member => ({ member, spot: spots.get(member.id), leads: member.id === model.leader, many }));
        showNodes(order.sort((a, b) => (a.leads ? 1 : 0) - (b.leads ? 1 : 0) || a.member.id - b.member.id));
        const heard = model.members.filter(member => !member.self && hearing(model, member) === "heard").length;
        setText(note, model.known ? `node ${model.node} hears ${heard === 0 ? "nobody" : plural(heard, "node")}` : "");
    };
};
