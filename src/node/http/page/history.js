// What events tell one after the other: who led from when to when and why, and what became of tasks. Bounded.

const electionsKept = 50;
const tasksKept = 40;

export const createHistory = () => {
    const history = {
        terms: [], // { leader, epoch, reason, from, to, gap }: the oldest first; `to` null: still; leader null: nobody
        tasks: new Map(), // id -> { task, user, stage, node, begun, ended, reason }, the newest last
    };
    let lost = null; // when an election began: the end of the old leader, or a first search

    const endTerm = at => {
        const last = history.terms.at(-1);
        if (last !== undefined && last.to === null) last.to = at;
    };

    const elections = {
        election_started: data => {
            lost ??= data.time_ms;
        },
        leader_changed: data => {
            const last = history.terms.at(-1);
            if (last !== undefined && last.to === null && last.leader === data.leader && last.epoch === data.epoch) return;
            endTerm(data.time_ms);
            if (data.leader === null) {
                lost ??= data.time_ms;
                history.terms.push({ leader: null, epoch: data.epoch, reason: data.reason, from: data.time_ms, to: null, gap: null });
            } else {
                // The server measures without the way to this page; a change without an election has no gap.
                const gap = data.failover_ms ?? (lost === null ? null : data.time_ms - lost);
                history.terms.push({ leader: data.leader, epoch: data.epoch, reason: data.reason, from: data.time_ms, to: null, gap });
                lost = null;
            }
            if (history.terms.length > electionsKept) history.terms.shift();
        },
    };

    const touch = (data, stage, more = {}) => {
        let task = history.tasks.get(data.task);
        if (task === undefined) {
            task = { task: data.task, user: data.user, stage, node: null, begun: data.time_ms, ended: null, reason: "" };
            history.tasks.set(data.task, task);
            if (history.tasks.size > tasksKept) history.tasks.delete(history.tasks.keys().next().value);
        }
        Object.assign(task, { stage }, more);
    };
    const tasks = {
        task_accepted: data => {
            if (!history.tasks.has(data.task)) touch(data, "held");
        },
        // Without a receiver: the shown node does it itself.
        task_assigned: (data, self) => touch(data, "running", { node: data.to ?? self }),
        task_reassigned: data => touch(data, "running", { node: data.to, reason: `moved from node ${data.from}: ${data.reason}` }),
        task_done: data => touch(data, "done", { node: data.node, ended: data.time_ms }),
        // All that a follower hears of a task that another node works on.
        task_acknowledged: data => touch(data, "finished", { ended: history.tasks.get(data.task)?.ended ?? data.time_ms }),
        task_failed: data => touch(data, "failed", { ended: data.time_ms, reason: data.reason }),
    };

    // `self`: the node that tells.
    history.note = (name, data, self) => {
        elections[name]?.(data);
        tasks[name]?.(data, self);
    };
    return history;
};
