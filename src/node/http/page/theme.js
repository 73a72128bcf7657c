// Before the first paint: the colours that were chosen here before (else as the system has them). Not a module, which
// would run after it.
"use strict";
(() => {
    const words = { auto: "as the system", light: "light", dark: "dark" };
    const order = ["auto", "light", "dark"];
    let theme = "auto";
    try {
        // Handed over by the page of another node, whose storage is its own.
        const handed = new URLSearchParams(location.hash.slice(1)).get("theme");
        if (order.includes(handed)) localStorage.setItem("cloudp2p.theme", handed);
        theme = localStorage.getItem("cloudp2p.theme") ?? "auto";
    } catch { /* no storage: as the system */ }
    if (!order.includes(theme)) theme = "auto";
    document.documentElement.dataset.theme = theme;

    document.addEventListener("DOMContentLoaded", () => {
        const button = document.getElementById("theme");
        const show = () => {
            button.setAttribute("aria-label", `Colours: ${words[theme]}`);
            button.title = `Colours: ${words[theme]}`;
            document.documentElement.dataset.theme = theme;
        };
        button.addEventListener("click", () => {
            theme = order[(order.indexOf(theme) + 1) % order.length];
            try {
                localStorage.setItem("cloudp2p.theme", theme);
            } catch { /* for this page alone */ }
            show();
        });
        show();
    });
})();
