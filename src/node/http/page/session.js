// The token, and what a page hands to the one that follows it on another node: in the fragment, which no server sees,
// and which is removed before anything else happens. The token is kept in this variable only; the node gives a cookie
// for it that scripts cannot read.

const given = new URLSearchParams(location.hash.slice(1));
if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);

let token = given.get("token") ?? "";

// Where this page comes from, when it followed: { from, lost, user, unfinished }.
export const arrival = Object.fromEntries(given);
delete arrival.token;

// True, or what went wrong.
export const login = async (with_ = token) => {
    if (with_ === "") return true;
    try {
        const response = await fetch("/api/v1/session", { method: "POST", headers: { Authorization: `Bearer ${with_}` } });
        if (response.ok) {
            token = with_;
            return true;
        }
        return response.status === 401 ? "This is not the token of this node." : `The node refused: ${response.status}.`;
    } catch {
        return "The node does not answer.";
    }
};

export const leaveFor = (api, more) => {
    const handed = new URLSearchParams(more);
    const theme = document.documentElement.dataset.theme;
    if (theme !== "auto") handed.set("theme", theme);
    if (token !== "") handed.set("token", token);
    location.replace(`${location.protocol}//${api}/ui#${handed}`);
};
