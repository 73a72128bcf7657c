// Numbers and times for people. Nothing here depends on the browser's language, so that two operators see the same.

export const bytes = count => {
    if (count < 1000) return `${count} B`;
    const units = ["kB", "MB", "GB", "TB"];
    let value = count;
    let unit = -1;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        ++unit;
    }
    return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`;
};

export const duration = ms => {
    if (ms < 1000) return `${Math.round(ms)} ms`;
    if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
    return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
};

const two = number => String(number).padStart(2, "0");
export const clock = ms => {
    const at = new Date(ms);
    return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
export const day = ms => {
    const at = new Date(ms);
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(ms)}`;
};
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// Short enough for a caption: this year's with the time, older ones with the year.
export const stamp = ms => {
    const at = new Date(ms);
    return at.getFullYear() === new Date().getFullYear() ? `${at.getDate()} ${months[at.getMonth()]} ${clock(ms).slice(0, 5)}` : day(ms).slice(0, 10);
};

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

// "leader_lost" of the protocol as a sentence.
const reasons = {
    coordinator: "found leading",
    hand_over: "planned hand-over",
    leader_lost: "the leader was lost",
    outbid: "a higher claim",
    preempted: "a higher id returned",
    stalled: "this node was paused",
    start: "start of the cluster",
    term: "the term was over",
};
export const reason = word => reasons[word] ?? String(word ?? "").replaceAll("_", " ");

// "7.3.1795210355": the counter, who leads, and which life of it; the last is for logs.
export const shortEpoch = epoch => String(epoch).split(".").slice(0, 2).join(".");

// Ids are long and differ at both ends.
export const shortTask = id => {
    const text = String(id);
    return text.length <= 15 ? text : `${text.slice(0, 6)}…${text.slice(-6)}`;
};
