// The few things that every panel does with the document. Text reaches the page as text nodes only, attributes by
// name: nothing that came over the network is ever parsed as markup.

export const byId = id => document.getElementById(id);

const svgSpace = "http://www.w3.org/2000/svg";

const give = (element, properties, children) => {
    for (const [name, value] of Object.entries(properties)) {
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter(child => child !== undefined && child !== null));
    return element;
};

// make("td", { class: "num" }, "12"): strings become text nodes.
export const make = (tag, properties = {}, ...children) => give(document.createElement(tag), properties, children);
export const draw = (tag, properties = {}, ...children) => give(document.createElementNS(svgSpace, tag), properties, children);

// Writes only what changed: an unchanged page costs no layout.
export const setText = (element, text) => {
    const wanted = String(text);
    if (element.textContent !== wanted) element.textContent = wanted;
};
export const setAttribute = (element, name, value) => {
    const wanted = String(value);
    if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
};
export const setHidden = (element, hidden) => {
    if (element.hidden !== hidden) element.hidden = hidden;
};

// Keeps the children of `parent` in step with `items`: one element a key, made once, updated, moved, removed.
// `create(item)` returns { root, … }; `update(parts, item)` writes into it.
export const keyedList = (parent, keyOf, create, update) => {
    const known = new Map();
    return items => {
        const wanted = new Set();
        let before = parent.firstElementChild;
        for (const item of items) {
            const key = keyOf(item);
            wanted.add(key);
            let parts = known.get(key);
            if (parts === undefined) known.set(key, parts = create(item));
            update(parts, item);
            if (parts.root === before) before = before.nextElementSibling;
            else parent.insertBefore(parts.root, before);
        }
        for (const [key, parts] of known) {
            if (wanted.has(key)) continue;
            parts.root.remove();
            known.delete(key);
        }
    };
};
