// Shows one of the page's views, which the address names: #articles, or #board with what is shown of it; else the chat.
// Each change is told by the event "viewed".
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const named = (hash) => (["articles", "board"].includes(hash) ? hash : "chat");
  const viewOf = (hash) => named(hash.slice(1).split("?")[0]);

  function show() {
    const [view, before] = [viewOf(location.hash), document.documentElement.dataset.view];
    document.documentElement.dataset.view = view;
    document.querySelectorAll(".views a").forEach((link) => {
      if (viewOf(link.hash) === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    document.dispatchEvent(new CustomEvent("viewed", { detail: { view, before } }));
    if (view === "chat" && before && before !== "chat") document.querySelector("#question textarea").focus();
  }

  // Where it is narrow the header's second half is a menu under it.
  const opener = () => document.querySelector("[data-menu]");

  // The header has one line then: how many articles are known stands in the menu.
  function tellKnown() {
    const menu = document.querySelector("#menu");
    const line = menu.querySelector(".known") ?? menu.appendChild(Object.assign(document.createElement("p"), { className: "known" }));
    line.textContent = document.querySelector("#about .meta").textContent;
  }

  function toggleMenu(open) {
    if (!opener() || open === (opener().getAttribute("aria-expanded") === "true")) return;
    opener().setAttribute("aria-expanded", String(open));
    document.querySelector("#top").toggleAttribute("data-open", open);
    if (open) tellKnown();
  }

  document.addEventListener("click", (event) => {
    // Another language shows the same view.
    const language = event.target.closest(".languages a");
    if (language) language.hash = location.hash;
    toggleMenu(Boolean(event.target.closest("[data-menu]")) && opener().getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest("#top[data-open]")) return;
    toggleMenu(false);
    opener().focus();
  });

  function start() {
    if (!document.querySelector(".views")) return void requestAnimationFrame(start);
    window.addEventListener("hashchange", show);
    show();
  }
  start();
})();
