// The stream of events of the shown node. Tells when it is quiet for too long (a node that hangs closes nothing), and
// starts anew when the node says that it cannot go on where we stopped.

const quietAfter = 1500; // ms; frames come four times a second
const askAgain = 2000; // ms, where a stream is refused
const historyWanted = 1000;

const names = [
    "member_joined", "member_suspected", "member_lost", "election_started", "leader_changed", "serving", "hand_over",
    "stalled", "duplicate_id", "task_assigned", "task_reassigned", "task_accepted", "task_done",
    "task_acknowledged", "task_failed",
];

// told: { frame(state), event(name, data), open(), lost(), again(), refused(status) }
export const createLive = told => {
    let source = null;
    let last = 0; // number of the last event: after a reconnection some may come twice
    let quiet = 0;
    let closed = false;
    let framed = false;

    const heard = () => {
        clearTimeout(quiet);
        quiet = setTimeout(() => told.lost(), quietAfter);
    };

    const onEvent = message => {
        heard();
        const number = Number(message.lastEventId);
        if (number <= last) return;
        last = number;
        told.event(message.type, JSON.parse(message.data));
    };

    const open = () => {
        source?.close();
        if (closed) return;
        source = new EventSource(`/api/v1/events?history=${historyWanted}`);
        source.addEventListener("open", () => {
            heard();
            told.open();
        });
        source.addEventListener("state", message => {
            heard();
            framed = true;
            told.frame(JSON.parse(message.data));
        });
        source.addEventListener("resync", () => { // another life of this node: its numbers are others
            last = 0;
            told.again();
            open();
        });
        source.addEventListener("error", () => {
            clearTimeout(quiet);
            if (source.readyState === EventSource.CLOSED) askWhy();
            else told.lost();
        });
        for (const name of names) source.addEventListener(name, onEvent);
    };

    // The head of the document asked for this one: it is here before the stream is.
    const openFirst = async () => {
        open();
        const response = await fetch("/api/v1/members").catch(() => null);
        const frame = response?.ok ? await response.json().catch(() => null) : null;
        if (frame !== null && !framed && !closed) told.frame(frame);
    };

    // An answer other than 200 ends a stream for good, and does not say why.
    const askWhy = async () => {
        try {
            const response = await fetch("/api/v1/members", { signal: AbortSignal.timeout(quietAfter) });
            if (!response.ok) return told.refused(response.status);
            told.frame(await response.json()); // too many streams: frames by asking
        } catch {
            told.lost();
        }
        setTimeout(open, askAgain);
    };

    return {
        open: () => framed ? open() : openFirst(),
        close: () => {
            closed = true;
            clearTimeout(quiet);
            source?.close();
        },
    };
};
