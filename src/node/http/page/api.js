// Requests of the page. The leader answers for users and images; any other node passes the request on.

const answerWithin = 8000; // ms

export const viaLeader = path => `${path}${path.includes("?") ? "&" : "?"}follower=proxy`;
export const imagePath = (user, file) => viaLeader(`/image/${encodeURIComponent(user)}/${encodeURIComponent(file)}`);

// The parsed body, or an Error whose message is for people.
export const ask = async (path, options = {}) => {
    let response;
    try {
        response = await fetch(path, { signal: AbortSignal.timeout(answerWithin), ...options });
    } catch {
        throw new Error("The node does not answer.");
    }
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.message ?? `The node answered ${response.status}.`);
    return body;
};

export const post = (path, body) => ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
